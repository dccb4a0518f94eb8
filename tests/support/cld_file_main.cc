// careloom_cld_file: writes a CLD file of invented people to standard output.
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/cld_generator.h"

namespace {

constexpr const char* kUsage =
    "usage: careloom_cld_file SEED ROWS [--la CODE] [--period START/END] [--release 1|2] [--nhs N,N,...]\n"
    "                         [--iso] [--quote-all] [--null] [--bom] [--lf] [--later]\n"
    "--later: ROWS people instead, and of two overlapping files the later one (--earlier: the earlier one)\n";

}  // namespace

int main(int count, char** arguments) {
  using namespace careloom_test;
  if (count < 3) return std::fputs(kUsage, stderr), 1;
  CldOptions options;
  CldForm form;
  options.seed = std::strtoull(arguments[1], nullptr, 10);
  options.rows = std::strtoull(arguments[2], nullptr, 10);
  std::string overlap;
  for (int i = 3; i < count; ++i) {
    const std::string_view name = arguments[i];
    const std::string value = i + 1 < count ? arguments[i + 1] : "";
    if (name == "--la") {
      options.la_code = value, ++i;
    } else if (name == "--period" && value.size() == 21) {
      options.from = value.substr(0, 10), options.to = value.substr(11), ++i;
    } else if (name == "--release") {
      options.release = std::atoi(value.c_str()), ++i;
    } else if (name == "--nhs") {
      std::istringstream list(value);
      for (std::string number; std::getline(list, number, ',');) options.nhs_numbers.push_back(number);
      ++i;
    } else if (name == "--iso") {
      form.iso_dates = true;
    } else if (name == "--quote-all") {
      form.quote_all = true;
    } else if (name == "--null") {
      form.null_text = true;
    } else if (name == "--bom") {
      form.bom = true;
    } else if (name == "--lf") {
      form.crlf = false;
    } else if (name == "--later" || name == "--earlier") {
      overlap = name;
    } else {
      return std::fputs(kUsage, stderr), 1;
    }
  }
  std::string bytes;
  if (overlap.empty()) {
    bytes = WriteCld(GenerateCld(options).rows, form);
  } else {
    options.people = options.rows;
    options.rows = 0;
    const CldOverlap two = GenerateCldOverlap(options);
    bytes = WriteCld(overlap == "--later" ? two.later.rows : two.earlier.rows, form);
  }
  return std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size() ? 0 : 1;
}
