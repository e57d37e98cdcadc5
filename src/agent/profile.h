// Agent profiles: how an agent command line is called and how its output is understood.
//
// A profile turns an agent of the configuration and one task into an argument vector, and gives
// a Reader that turns the raw output into lines for people and, at the end, into what the
// agent's own stream says (final message, model, usage, error). A Reader never decides whether
// the work is good: git does. Facts about the tools: docs/agents.md.
#pragma once

#include "config/config.h"
#include "process/command.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chant::agent {

// What one attempt asks of the agent.
struct Task {
  std::string model;                   // "" = that of the agent's configuration
  std::filesystem::path script_file;   // for profile "script": a private file with the run blocks
  std::string session = {};            // to go on with, where the profile can; "" = a new one
  std::filesystem::path git_dir = {};  // of the worktree, for tools with a sandbox of their own
};

// What the agent's stream said about itself; absent where the profile cannot know.
struct Report {
  std::string model;
  std::string message;  // final text
  std::string error;    // the stream's own error, "" when none
  enum class Kind { none, failed, rate_limited, overloaded, auth } kind = Kind::none;
  std::optional<std::int64_t> retry_at;  // seconds since the epoch
  // What came from a cache is part of the input, what was thought part of the output.
  std::optional<std::int64_t> input_tokens, output_tokens;
  std::optional<double> cost_usd;
  std::string session;   // its id, to go on with it
  bool saw_end = true;   // the stream had its terminal event, if it has one
  bool waiting = false;  // it has announced that it waits for a limit: better ended than paid for
  // `kind` and `error` are read out of its free text: they count only when it has not done its
  // work.
  bool guessed = false;
};

class Reader {
 public:
  using Show = std::function<void(std::string_view line)>;
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  // Raw bytes in, lines for people out (not yet made printable). Constant memory.
  virtual void feed(std::string_view bytes, const Show& show) = 0;
  virtual void finish(const Show& show) = 0;
  [[nodiscard]] virtual Report report() const { return {}; }
  // Report::waiting alone, cheap enough to be asked after each feed().
  [[nodiscard]] virtual bool waiting() const { return false; }
  // To be called after the end, with the environment that the agent had on top of ours: some tools
  // say the model or the tokens only in files of their own.
  virtual void read_files(const process::EnvChanges&) {}
};

// Throws Error for a profile that does not exist (config has checked it before).
[[nodiscard]] std::unique_ptr<Reader> make_reader(const std::string& profile);

// True when the agent reads the prompt on stdin; false for "script", whose stdin is /dev/null.
[[nodiscard]] bool reads_prompt(const config::Agent& agent);

// The command to run, without directory; its `env` has what the profile itself sets. Profile
// "script" is `/bin/sh -eu <script_file>`: the script is neither in the arguments, which other
// users can see and whose size is limited, nor on stdin, where its commands would read it.
[[nodiscard]] process::Command make_command(const config::Agent& agent, const Task& task);

// Names of environment variables that the tool of this profile reads (a '*' at the end stands for
// any rest): they are passed to it.
[[nodiscard]] const std::vector<std::string>& variables_of(const std::string& profile);

// True when a session of this profile can be gone on with.
[[nodiscard]] bool can_resume(const std::string& profile);

// True when the tool hides git's configuration of the user from the commands that it runs: a commit
// then needs its author and committer in the environment.
[[nodiscard]] bool hides_identity(const std::string& profile);

// What is known of earlier attempts in the session that this one went on with.
struct Used {
  std::int64_t input_tokens = 0, output_tokens = 0;
  double cost_usd = 0;
};
// Some tools count a session from its beginning: leaves only this attempt's own in their figures.
void deduct(Report& report, const std::string& profile, const Used& earlier);

// The program that must be on PATH for this agent: "sh" for a shell line that only a shell
// understands, "" when none must ("script").
[[nodiscard]] std::string required_program(const config::Agent& agent);

// Names of all profiles.
[[nodiscard]] const std::vector<std::string>& profile_names();

}  // namespace chant::agent
