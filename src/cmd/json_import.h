// What `git chant import` answers as JSON, version 1.
#pragma once

#include "record/import.h"
#include "record/import_back.h"

#include <map>
#include <string>
#include <vector>

namespace chant::cmd {

// `with_text`: the specs are not written, so that their text is here.
enum class Text { no, yes };
[[nodiscard]] std::string json_import(const record::TaskList& loaded, const record::Import& import,
                                      Text text);

// What was done for a task that is completed, or is to be done.
struct Told {
  std::string what;                // "ticked", "told", "to tick", "to tell", "failed", "gone"
  std::vector<std::string> words;  // of the command
  std::string directory;           // that it runs in
  std::map<std::string, std::string> variables;  // of its environment; no part of the answer
  std::string why;                               // failed, gone
};
// `told`: by the id of the spec.
[[nodiscard]] std::string json_report(const std::vector<record::ImportedList>& lists,
                                      const std::map<std::string, Told>& told);

}  // namespace chant::cmd
