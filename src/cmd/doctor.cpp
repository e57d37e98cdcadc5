// git chant doctor
#include "cmd/health.h"
#include "cmd/verbs.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace chant::cmd {
namespace {

struct DoctorOptions {
  bool fix = false;
  bool json = false;
};

using Json = nlohmann::ordered_json;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string json_of(const Diagnosis& diagnosis) {
  Json json = {{"version", 1}, {"well", diagnosis.well()}, {"aside", or_null(diagnosis.aside)}};
  json["findings"] = Json::array();
  for (const Ailment& one : diagnosis.ailments) {
    json["findings"].push_back({{"kind", one.kind},
                                {"what", one.what},
                                {"fixed", one.fixed},
                                {"done", or_null(one.done)}});
  }
  json["notes"] = diagnosis.notes;
  return json.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

void print(Context& context, const Diagnosis& diagnosis) {
  for (const Ailment& one : diagnosis.ailments) {
    context.out.print("{:<9}  {}{}{}{}\n", one.kind, one.fixed ? "fixed: " : "", one.what,
                      one.done.empty() ? "" : ": ", one.done);
  }
  for (const std::string& note : diagnosis.notes) context.err.print("{}\n", note);
  if (diagnosis.ailments.empty()) context.out.write("nothing is wrong\n");
  if (!diagnosis.aside.empty()) {
    context.err.print("what was replaced is in '{}'\n", diagnosis.aside);
  }
}

int doctor(const DoctorOptions& options, Context& context) {
  const Diagnosis diagnosis = examine(context, options.fix ? Treatment::fix : Treatment::none);
  if (options.json) {
    context.out.write(json_of(diagnosis));
  } else {
    print(context, diagnosis);
    if (!diagnosis.well() && !options.fix) context.err.write("hint: git chant doctor --fix\n");
  }
  return diagnosis.well() ? 0 : 1;
}

}  // namespace

Handler add_doctor(Options& options) {
  auto chosen = std::make_shared<DoctorOptions>();
  options.flag("--fix", chosen->fix, "put it right, keeping what is replaced");
  options.flag("--json", chosen->json, "as JSON");
  return [chosen](Context& context) { return doctor(*chosen, context); };
}

}  // namespace chant::cmd
