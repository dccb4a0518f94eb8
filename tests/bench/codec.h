// What reading JSON costs, against RapidJSON's plain SAX parse of the same bytes.
#pragma once

#include <string>
#include <vector>

namespace careloom_bench {

struct CodecFigures {
  double sax_mb_s = 0;        // RapidJSON, nothing kept
  double read_mb_s = 0;       // to our tree
  double validate_mb_s = 0;   // to our tree, and validated against R4; 0 when the definitions could not be read
};

CodecFigures MeasureCodec(const std::vector<std::string>& resources);

}  // namespace careloom_bench
