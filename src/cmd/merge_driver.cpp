// git chant merge-driver: what git runs for a spec file that both sides of a merge changed. The
// result goes to the file of "our" version; exit 1 says that it has conflicts.
#include "cmd/verbs.h"
#include "git/run.h"
#include "record/merge_spec.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"

#include <charconv>
#include <fstream>
#include <memory>

namespace chant::cmd {
namespace {

namespace fs = std::filesystem;

struct Request {
  fs::path base, ours, theirs;
  int marker_size = 0;  // git's own
};

Request request_of(const std::vector<std::string>& words, const fs::path& directory) {
  Request request{directory / words[0], directory / words[1], directory / words[2], 0};
  if (words.size() < 5) return request;
  const std::string& size = words[4];
  int value = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), value);
  const bool usable = error == std::errc{} && end == size.data() + size.size();
  if (usable && value > 0 && value <= 100) request.marker_size = value;
  return request;
}

// In place, so that git finds the file it made.
void overwrite(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) fail("cannot write '{}'", path.string());
}

int merge_as_text(const Request& request, const fs::path& directory) {
  std::vector<std::string> arguments = {"merge-file", "-q",   "-L", "ours",
                                        "-L",         "base", "-L", "theirs"};
  if (request.marker_size > 0) {
    arguments.push_back("--marker-size=" + std::to_string(request.marker_size));
  }
  arguments.insert(arguments.end(),
                   {request.ours.string(), request.base.string(), request.theirs.string()});
  return process::succeeded(git::run(directory, std::move(arguments)).outcome) ? 0 : 1;
}

int merge_driver(const std::vector<std::string>& words, Context& context) {
  const Request request = request_of(words, context.directory);
  try {
    const spec::Versions versions{load_file(request.base, spec::kMaxSpecBytes),
                                  load_file(request.ours, spec::kMaxSpecBytes),
                                  load_file(request.theirs, spec::kMaxSpecBytes)};
    const spec::Merged merged =
        record::merge_spec(context.directory, versions, request.marker_size);
    overwrite(request.ours, merged.text);
    return merged.conflict ? 1 : 0;
  } catch (const std::exception& error) {
    const std::string path = words.size() > 3 ? words[3] : request.ours.string();
    context.err.print("git chant: merging {} as text: {}\n", printable_line(path),
                      printable_line(error.what()));
  }
  return merge_as_text(request, context.directory);
}

}  // namespace

Handler add_merge_driver(Options& options) {
  auto words = std::make_shared<std::vector<std::string>>();
  options.arguments("O A B [P [L]]", *words, 3, 5);
  return [words](Context& context) { return merge_driver(*words, context); };
}

}  // namespace chant::cmd
