// The page that GET /metrics gives: figures with names and labels, in Prometheus' text format
// (https://prometheus.io/docs/instrumenting/exposition_formats/). Made anew for each call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

// How often values of which size came: counts[i] of those up to bounds[i], the last of those over all bounds.
struct Distribution {
  std::span<const double> bounds;
  std::span<const std::uint64_t> counts;   // one more than bounds
  double sum = 0;
};

class Page {
 public:
  Page();
  ~Page();
  // Several of one name are one family, each with other labels. Names are ours, values of labels from a bounded set.
  void Counter(std::string_view name, std::string_view help, double value, Labels labels = {});
  void Gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
  void Histogram(std::string_view name, std::string_view help, const Distribution& distribution, Labels labels = {});
  std::string Text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace server::metrics
