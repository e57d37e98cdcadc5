#include "cmd/options.h"

#include "util/error.h"
#include "util/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace chant::cmd {

struct Options::Parser {
  CLI::App app;
  bool help = false;
};

namespace {

// "--max" of "-j,--max,--max-parallel".
std::string long_name(const std::string& names) {
  const auto all = split(names, ',');
  const auto found = std::find_if(all.begin(), all.end(), [](const std::string& name) {
    return name.compare(0, 2, "--") == 0;
  });
  return found == all.end() ? all.front() : *found;
}

}  // namespace

Options::Options(std::string verb, std::string summary, std::vector<std::string> usage)
    : verb_(std::move(verb)),
      summary_(std::move(summary)),
      usage_(std::move(usage)),
      parser_(std::make_unique<Parser>()) {
  parser_->app.set_help_flag();
  parser_->app.allow_extras();
  flag("-h,--help", parser_->help, "show this help");
}

Options::~Options() = default;

void Options::flag(const std::string& names, bool& value, const std::string& help) {
  parser_->app.add_flag(names, value);
  rows_.push_back({names, help});
}

void Options::text(const std::string& names, std::string& value, const std::string& meta,
                   const std::string& help) {
  parser_->app.add_option(names, value)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  rows_.push_back({names + " " + meta, help});
}

void Options::list(const std::string& names, std::vector<std::string>& values,
                   const std::string& meta, const std::string& help) {
  // A function of our own, so that CLI11 does not take "[a,b]" apart.
  parser_->app
      .add_option_function<std::string>(
          names, [&values](const std::string& value) { values.push_back(value); })
      ->expected(1)
      ->trigger_on_parse()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  rows_.push_back({names + " " + meta, help});
}

void Options::number(const std::string& names, int& value, int least, int most,
                     const std::string& meta, const std::string& help) {
  const std::string shown = long_name(names);
  parser_->app
      .add_option_function<std::string>(
          names,
          [&value, least, most, shown](const std::string& text) {
            int number = 0;
            const char* end = text.data() + text.size();
            const auto parsed = std::from_chars(text.data(), end, number);
            const bool plain = text == "0" || (!text.empty() && text[0] != '0');
            if (parsed.ec != std::errc{} || parsed.ptr != end || !plain || number < least ||
                number > most) {
              fail_usage("option '{}' takes a number from {} to {}, not '{}'", shown, least, most,
                         printable_line(text));
            }
            value = number;
          })
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  rows_.push_back({names + " " + meta, help});
}

void Options::arguments(const std::string& meta, std::vector<std::string>& values,
                        std::size_t least, std::size_t most) {
  arguments_ = &values;
  argument_meta_ = meta;
  least_ = least;
  most_ = most;
}

void Options::check_arguments() const {
  const std::size_t count = arguments_ == nullptr ? 0 : arguments_->size();
  if (count < least_) fail_usage("git chant {}: {} is missing", verb_, argument_meta_);
  if (count > most_) {
    fail_usage("git chant {}: one argument too many: '{}'", verb_,
               printable_line(most_ == 0 ? "" : arguments_->at(most_)));
  }
}

bool Options::parse(const std::vector<std::string>& words) {
  const auto separator = std::find(words.begin(), words.end(), "--");
  // CLI11 takes its words from the back.
  std::vector<std::string> reversed(words.begin(), separator);
  std::reverse(reversed.begin(), reversed.end());
  try {
    parser_->app.parse(reversed);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    fail_usage("git chant {}: option '{}' needs a value", verb_,
               printable_line(text.substr(0, text.find(':'))));
  } catch (const CLI::ParseError& error) {
    fail_usage("git chant {}: {}", verb_, printable_line(lower(error.what())));
  }
  if (parser_->help) return false;
  std::vector<std::string> rest;
  for (const std::string& word : parser_->app.remaining()) {
    if (word.size() > 1 && word[0] == '-') {
      fail_usage("git chant {}: unknown option '{}'", verb_, printable_line(word));
    }
    rest.push_back(word);
  }
  if (separator != words.end()) rest.insert(rest.end(), separator + 1, words.end());
  if (arguments_ == nullptr && !rest.empty()) {
    fail_usage("git chant {}: it takes no argument, but '{}' was given", verb_,
               printable_line(rest.front()));
  }
  if (arguments_ != nullptr) *arguments_ = std::move(rest);
  check_arguments();
  return true;
}

std::string Options::help() const {
  std::string text;
  for (std::size_t i = 0; i < usage_.size(); ++i) {
    text += fmt::format("{}git chant {}\n", i == 0 ? "usage: " : "   or: ", usage_[i]);
  }
  text += "\n" + summary_ + "\n\n";
  for (const Row& row : rows_) {
    std::string names = row.names;
    for (auto comma = names.find(','); comma != std::string::npos;
         comma = names.find(',', comma + 2)) {
      names.replace(comma, 1, ", ");
    }
    text += fmt::format("    {:<28}  {}\n", names, row.help);
  }
  return text;
}

}  // namespace chant::cmd
