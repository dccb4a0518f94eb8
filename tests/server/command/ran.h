// Runs a command of the catalogue as the program would, and keeps what it said.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "server/command/catalogue.h"
#include "tests/support/store_switch.h"

namespace careloom_test {

struct Ran {
  server::command::Exit exit = server::command::Exit::kWrongUse;
  std::string out, err;
};

// Arguments by parameter name: RunCommand("convert", {{"FILE", "-"}, {"--pretty", "true"}}, "{…}"). Fallbacks are filled in; the store
// of --data is where store_switch.h says.
inline Ran RunCommand(std::string_view name, std::initializer_list<std::pair<std::string_view, std::string>> given, const std::string& input = {}) {
  Ran ran;
  for (const server::command::Command& command : server::command::Catalogue()) {
    if (command.name != name || !command.run) continue;
    server::command::Arguments arguments;
    for (const auto& [parameter, value] : given) {
      const std::string url = parameter == "--data" ? StoreUrl(value) : std::string();
      arguments.Add(url.empty() ? parameter : "--postgres", url.empty() ? value : url);
    }
    for (const server::command::Parameter& parameter : command.parameters) {
      if (!arguments.Has(parameter.name) && !parameter.fallback.empty()) arguments.Add(parameter.name, std::string(parameter.fallback));
    }
    char *out = nullptr, *err = nullptr;
    std::size_t out_bytes = 0, err_bytes = 0;
    std::FILE* in = std::tmpfile();
    std::fwrite(input.data(), 1, input.size(), in);
    std::rewind(in);
    const server::command::Terminal terminal{in, open_memstream(&out, &out_bytes), open_memstream(&err, &err_bytes)};
    ran.exit = command.run(arguments, terminal);
    for (std::FILE* file : {terminal.in, terminal.out, terminal.err}) std::fclose(file);
    ran.out.assign(out, out_bytes);
    ran.err.assign(err, err_bytes);
    std::free(out);
    std::free(err);
  }
  return ran;
}

}  // namespace careloom_test
