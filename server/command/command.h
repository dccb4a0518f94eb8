// A command of the program as data: what it takes, an example, what it does. main.cc makes the command
// line from these; the commands know nothing of the library that reads it.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace server::command {

// What a command may be given. A name that begins with "--" is an option, any other a positional.
struct Parameter {
  std::string_view name;        // "--report", "FILE"
  std::string_view value;       // what stands for its value in the help; empty for a switch
  std::string_view help;
  bool required = false;
  bool repeats = false;         // takes one or more
  std::string_view fallback = {};   // when it is not given
  std::string_view shown_fallback = {};   // the same for the help alone: the command itself looks elsewhere first
};

// What was given, by parameter name.
class Arguments {
 public:
  void Add(std::string_view name, std::string value) { values_[std::string(name)].push_back(std::move(value)); }
  bool Has(std::string_view name) const { return values_.find(name) != values_.end(); }
  // The first value; empty when it was not given and has no fallback.
  const std::string& Get(std::string_view name) const;
  const std::vector<std::string>& All(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// Where a command reads and writes: results to `out`, words to `err`.
struct Terminal {
  std::FILE* in = stdin;
  std::FILE* out = stdout;
  std::FILE* err = stderr;
};

enum class Exit : int {
  kDone = 0,
  kFindings = 1,   // it ran, and the data (or the world) is not as it should be
  kWrongUse = 2,   // it was asked wrongly: arguments, files that are not there, what is not supported
};

struct Command {
  std::string_view name, summary, example;
  std::vector<Parameter> parameters;
  Exit (*run)(const Arguments&, const Terminal&);   // null: listed, but not supported yet
  std::string_view unsupported = {};                // why, and what to do instead
};

}  // namespace server::command
