// Over prometheus-cpp's families and serializer; nothing outside of this file knows.
#include "server/metrics/page.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <limits>

namespace server::metrics {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

}  // namespace

struct Page::Families {
  std::vector<MetricFamily> all;

  ClientMetric& Add(std::string_view name, std::string_view help, MetricType type, Labels labels) {
    // Those of one family come one after the other.
    if (all.empty() || all.back().name != name) all.push_back({std::string(name), std::string(help), type, {}});
    ClientMetric& metric = all.back().metric.emplace_back();
    for (auto& [label, value] : labels) metric.label.push_back({std::move(label), std::move(value)});
    return metric;
  }
};

Page::Page() : families_(std::make_unique<Families>()) {}
Page::~Page() = default;

void Page::Counter(std::string_view name, std::string_view help, double value, Labels labels) {
  families_->Add(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
}

void Page::Gauge(std::string_view name, std::string_view help, double value, Labels labels) {
  families_->Add(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Page::Histogram(std::string_view name, std::string_view help, const Distribution& distribution, Labels labels) {
  ClientMetric::Histogram& histogram = families_->Add(name, help, MetricType::Histogram, std::move(labels)).histogram;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < distribution.counts.size(); ++i) {
    count += distribution.counts[i];
    const double bound = i < distribution.bounds.size() ? distribution.bounds[i] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({count, bound});
  }
  histogram.sample_count = count;
  histogram.sample_sum = distribution.sum;
}

std::string Page::Text() const { return prometheus::TextSerializer().Serialize(families_->all); }

}  // namespace server::metrics
