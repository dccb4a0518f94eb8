// The program: makes the command line from the catalogue and runs what was asked.
// Exit status: 0 done, 1 findings, 2 wrong use.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "server/command/catalogue.h"
#include "server/command/files.h"

namespace {

using server::command::Arguments;
using server::command::Command;
using server::command::Exit;
using server::command::Parameter;
using server::command::Terminal;

// What CLI11 reads into, by parameter.
using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

void AddParameter(CLI::App& app, const Parameter& parameter, Values& values) {
  const std::string name(parameter.name), help(parameter.help);
  if (parameter.value.empty()) {
    app.add_flag_callback(name, [&values, name] { values[name] = {"true"}; }, help);
    return;
  }
  CLI::Option* option = app.add_option(name, values[name], help);
  const bool is_option = name.starts_with("--");
  option->type_name(is_option ? std::string(parameter.value) : "")->required(parameter.required);
  option->expected(1, parameter.repeats ? CLI::detail::expected_max_vector_size : 1)->allow_extra_args(parameter.repeats);
  const std::string_view shown = parameter.fallback.empty() ? parameter.shown_fallback : parameter.fallback;
  if (!shown.empty()) option->default_str(std::string(shown));
}

Arguments Given(const Command& command, const Values& values) {
  Arguments arguments;
  for (const Parameter& parameter : command.parameters) {
    const auto found = values.find(parameter.name);
    if (found != values.end() && !found->second.empty()) {
      for (const std::string& value : found->second) arguments.Add(parameter.name, value);
    } else if (!parameter.fallback.empty()) {
      arguments.Add(parameter.name, std::string(parameter.fallback));
    }
  }
  return arguments;
}

int Run(int argc, char** argv) {
  CLI::App app("Careloom: personalised care as one FHIR R4 record");
  app.name("careloom");
  app.require_subcommand(1);
  const std::vector<Command> commands = server::command::Catalogue();
  std::map<const Command*, Values> values;
  std::map<const CLI::App*, const Command*> chosen;
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer("Example: " + std::string(command.example));
    for (const Parameter& parameter : command.parameters) AddParameter(*sub, parameter, values[&command]);
    if (!command.run) sub->allow_extras();
    chosen[sub] = &command;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);   // prints help to stdout, or the reason to stderr
    return code == 0 ? 0 : static_cast<int>(Exit::kWrongUse);
  }
  const Command& command = *chosen.at(app.get_subcommands().front());
  const Terminal terminal;
  if (!command.run) {
    server::command::Say(terminal.err, std::string(command.name) + ": " + std::string(command.unsupported));
    return static_cast<int>(Exit::kWrongUse);
  }
  return static_cast<int>(command.run(Given(command, values[&command]), terminal));
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);   // a limit on the size of files is a full disk, not the end of the process
  std::signal(SIGPIPE, SIG_IGN);   // a reader that goes away is an error of one write, not the end of the process
  // Left to itself malloc takes what large bodies leave as a reason to keep the next ones: memory would stay where the largest were.
  ::mallopt(M_MMAP_THRESHOLD, 256 << 10);
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "careloom: %s\n", error.what());
    return static_cast<int>(Exit::kFindings);
  }
}
