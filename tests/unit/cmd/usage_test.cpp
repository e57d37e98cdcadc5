#include "cmd/usage.h"

#include "support/catch.h"

using namespace chant;
using namespace chant::cmd;

namespace {

journal::Attempt used(std::int64_t in, std::int64_t out, std::int64_t micros) {
  journal::Attempt attempt;
  attempt.profile = "claude";
  attempt.log = "/log";
  attempt.input_tokens = in;
  attempt.output_tokens = out;
  attempt.cost_micros = micros;
  return attempt;
}

}  // namespace

TEST_CASE("what attempts used is added up", "[usage]") {
  const Usage usage = usage_of({used(1'234'567, 800, 420'000), used(1, 88, 6'000)});
  CHECK(usage_text(usage) == "1,234,568 tokens in, 888 out, $0.43");
  CHECK(usage_fields(usage).dump() ==
        R"({"input_tokens":1234568,"output_tokens":888,"cost_usd":0.426,"complete":true})");
}

TEST_CASE("small costs are told exactly enough", "[usage]") {
  CHECK(usage_text(usage_of({used(0, 0, 1'200)})) == "0 tokens in, 0 out, $0.0012");
  CHECK(usage_text(usage_of({used(999, 1'000, 0)})) == "999 tokens in, 1,000 out, $0.00");
}

TEST_CASE("what is not known is said and never guessed", "[usage]") {
  CHECK(usage_text(usage_of({used(5, 6, -1)})) == "5 tokens in, 6 out, cost unknown");
  CHECK(usage_text(usage_of({used(5, 6, -1), used(-1, -1, -1)})) ==
        "at least 5 tokens in, 6 out, cost unknown");
  CHECK(usage_text(usage_of({used(-1, -1, -1)})) == "tokens unknown, cost unknown");
  CHECK(usage_fields(usage_of({used(-1, 6, -1)})).dump() ==
        R"({"input_tokens":null,"output_tokens":6,"cost_usd":null,"complete":false})");
}

TEST_CASE("scripts and attempts without an agent use nothing", "[usage]") {
  journal::Attempt script = used(-1, -1, -1);
  script.profile = "script";
  journal::Attempt unstarted = used(-1, -1, -1);
  unstarted.log.clear();
  CHECK(usage_text(usage_of({script, unstarted})).empty());
}
