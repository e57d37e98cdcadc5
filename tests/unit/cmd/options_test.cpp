#include "cmd/options.h"

#include "support/catch.h"
#include "util/error.h"

using namespace chant;
using namespace chant::cmd;

namespace {

using Words = std::vector<std::string>;

struct Sample {
  Options options{"sample", "Does nothing.", {"sample [-n] [<id>...]", "sample --all"}};
  bool dry_run = false;
  std::string agent;
  Words labels, ids;
  int max = 0;

  explicit Sample(std::size_t least = 0, std::size_t most = 3) {
    options.flag("-n,--dry-run", dry_run, "change nothing");
    options.text("--agent", agent, "<name>", "use this one");
    options.list("-l,--label", labels, "<label>", "only these");
    options.number("-j,--max,--max-parallel", max, 1, 64, "<n>", "at once");
    options.arguments("<id>", ids, least, most);
  }
  bool parse(const Words& words) { return options.parse(words); }
};

std::string complaint(const Words& words) {
  Sample sample;
  try {
    (void)sample.parse(words);
  } catch (const Error& error) {
    CHECK(error.code() == Exit::usage);
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("options and arguments may come in any order", "[cmd]") {
  for (const Words& words : std::vector<Words>{
           {"-n", "--agent", "main", "-l", "x", "--label", "y", "-j", "4", "a", "b"},
           {"a", "--agent=main", "b", "--label=x", "-ly", "-j4", "--dry-run"},
           {"a", "-nj", "4", "--label", "x", "b", "--label", "y", "--agent", "main"},
           {"--max", "4", "--label", "x", "--label", "y", "-n", "--agent", "main", "--", "a", "b"},
           {"--max-parallel=4", "a", "--label", "x", "--label", "y", "-n", "--agent", "main", "--",
            "b"}}) {
    Sample sample;
    CHECK(sample.parse(words));
    CHECK(sample.dry_run);
    CHECK(sample.agent == "main");
    CHECK(sample.labels == Words{"x", "y"});
    CHECK(sample.max == 4);
    CHECK(sample.ids == Words{"a", "b"});
  }
}

TEST_CASE("values are taken as they were typed", "[cmd]") {
  for (const char* text :
       {"[a,b]", "[]", "a,b", "", "a b", "\"a\"", "'a'", "true", "%%", "a=b", "{}", "é\n", "[a"}) {
    INFO(text);
    Sample sample;
    CHECK(sample.parse({"--label", text, "--agent", text, "--", text}));
    CHECK(sample.labels == Words{text});
    CHECK(sample.agent == text);
    CHECK(sample.ids == Words{text});
  }
  Sample sample;
  CHECK(sample.parse({"--label=[a,b]", "--agent=[a,b]", "[a,b]"}));
  CHECK(sample.labels == Words{"[a,b]"});
  CHECK(sample.agent == "[a,b]");
  CHECK(sample.ids == Words{"[a,b]"});
}

TEST_CASE("a value that begins with a dash is given behind an equals sign", "[cmd]") {
  Sample sample;
  CHECK(sample.parse({"--agent=-x", "--label=--dry-run"}));
  CHECK(sample.agent == "-x");
  CHECK(sample.labels == Words{"--dry-run"});
  CHECK_FALSE(sample.dry_run);
}

TEST_CASE("two dashes end the options", "[cmd]") {
  Sample sample;
  CHECK(sample.parse({"--", "-n", "--", "--label"}));
  CHECK(sample.ids == Words{"-n", "--", "--label"});
  CHECK_FALSE(sample.dry_run);
  Sample none;
  CHECK(none.parse({"--"}));
  CHECK(none.ids.empty());
  CHECK_THAT(complaint({"--label", "--", "a"}), Catch::Contains("--label"));
}

TEST_CASE("of an option that is given twice the last counts", "[cmd]") {
  Sample sample;
  CHECK(sample.parse({"--agent", "a", "-j", "1", "--agent", "b", "-j", "2"}));
  CHECK(sample.agent == "b");
  CHECK(sample.max == 2);
}

TEST_CASE("a number is plain decimal and in its range", "[cmd]") {
  for (const char* wrong : {"0", "65", "-1", "4x", "0x10", "010", "1e1", "", " 4", "+4", "4.0",
                            "99999999999999999999", "[4]"}) {
    INFO(wrong);
    CHECK_THAT(complaint({std::string("--max=") + wrong}), Catch::Contains("--max"));
  }
  CHECK(complaint({"-j", "64"}).empty());
  CHECK(complaint({"-j", "4x"}) == "option '--max' takes a number from 1 to 64, not '4x'");
}

TEST_CASE("what is wrong with the command line is said in one line", "[cmd]") {
  CHECK(complaint({"--lable", "x"}) == "git chant sample: unknown option '--lable'");
  CHECK(complaint({"-x"}) == "git chant sample: unknown option '-x'");
  CHECK(complaint({"a", "b", "c", "d"}) == "git chant sample: one argument too many: 'd'");
  CHECK_THAT(complaint({"--agent"}), Catch::StartsWith("git chant sample: "));
  CHECK_THAT(complaint({"\033[31m"}), Catch::Equals(""));
  CHECK(complaint({"--\033[31mx"}) == "git chant sample: unknown option '--x'");
  Sample sample(2);
  CHECK_THROWS_WITH(sample.parse({"a"}), "git chant sample: <id> is missing");
  bool all = false;
  Options none("none", "Nothing.", {"none"});
  none.flag("--all", all, "all");
  CHECK(none.parse({"--all"}));
  CHECK(all);
  CHECK_THROWS_WITH(none.parse({"x"}), Catch::Contains("it takes no argument, but 'x' was given"));
}

TEST_CASE("a single dash is an argument", "[cmd]") {
  Sample sample;
  CHECK(sample.parse({"-"}));
  CHECK(sample.ids == Words{"-"});
}

TEST_CASE("help is shown instead of anything else", "[cmd]") {
  for (const Words& words : std::vector<Words>{{"-h"}, {"--help"}, {"a", "b", "c", "d", "-h"}}) {
    Sample sample;
    CHECK_FALSE(sample.parse(words));
  }
  const std::string help = Sample().options.help();
  CHECK_THAT(help, Catch::StartsWith("usage: git chant sample [-n] [<id>...]\n"
                                     "   or: git chant sample --all\n\nDoes nothing.\n"));
  CHECK_THAT(help, Catch::Contains("    -n, --dry-run                 change nothing\n"));
  CHECK_THAT(help, Catch::Contains("    -j, --max, --max-parallel <n>  at once\n"));
  CHECK_THAT(help, Catch::Contains("-h, --help"));
}
