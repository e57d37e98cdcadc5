#include "git/fields.h"

#include "support/catch.h"
#include "util/error.h"

using namespace chant;
using git::FieldReader;
using git::FieldWriter;

TEST_CASE("fields of any bytes are read as they were written", "[git]") {
  const std::string odd("a\0b\n3:x", 7);
  FieldWriter out;
  out.add("");
  out.add(odd);
  out.add_number(-5);
  const std::string text = out.take();
  FieldReader in(text);
  CHECK(in.next().empty());
  CHECK(in.next() == odd);
  CHECK_FALSE(in.at_end());
  CHECK(in.next_number() == -5);
  CHECK(in.at_end());
  CHECK_THROWS_AS(in.next(), Error);
}

TEST_CASE("fields whose lengths are wrong are refused", "[git]") {
  for (const char* text : {"", "x", "3", "3:", "3:ab\n", "3:abc", "2:abc\n", "-1:a\n", ":a\n",
                           "99999999999999999999:a\n", "18446744073709551615:a\n"}) {
    CAPTURE(text);
    FieldReader in(text);
    CHECK_THROWS_AS(in.next(), Error);
  }
  FieldReader letters("1:x\n");
  CHECK_THROWS_AS(letters.next_number(), Error);
  FieldReader many("9:999999999\n1:a\n");
  CHECK_THROWS_AS(many.next_count(), Error);
}
