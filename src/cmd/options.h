// The options of one verb: bound to fields, parsed by CLI11, shown by -h. CLI11 stays behind
// this header, and its habits with it: values are taken as typed, numbers are plain decimal.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace chant::cmd {

class Options {
 public:
  // `usage` are the lines of the SYNOPSIS, without "git chant ".
  Options(std::string verb, std::string summary, std::vector<std::string> usage);
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options();

  // `names` as in "-j,--max". The fields must outlive parse(). A list may be given repeatedly.
  void flag(const std::string& names, bool& value, const std::string& help);
  void text(const std::string& names, std::string& value, const std::string& meta,
            const std::string& help);
  void list(const std::string& names, std::vector<std::string>& values, const std::string& meta,
            const std::string& help);
  void number(const std::string& names, int& value, int least, int most, const std::string& meta,
              const std::string& help);
  // What is not an option goes here. The count is checked: between `least` and `most`.
  void arguments(const std::string& meta, std::vector<std::string>& values, std::size_t least,
                 std::size_t most);

  // Throws a usage Error. False when help was asked for instead.
  [[nodiscard]] bool parse(const std::vector<std::string>& words);
  [[nodiscard]] std::string help() const;
  [[nodiscard]] const std::string& verb() const { return verb_; }

 private:
  struct Parser;
  struct Row {
    std::string names, help;
  };
  void check_arguments() const;

  std::string verb_, summary_;
  std::vector<std::string> usage_;
  std::vector<Row> rows_;
  std::unique_ptr<Parser> parser_;
  std::vector<std::string>* arguments_ = nullptr;
  std::string argument_meta_;
  std::size_t least_ = 0;
  std::size_t most_ = 0;
};

}  // namespace chant::cmd
