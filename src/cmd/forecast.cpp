#include "cmd/forecast.h"

#include "record/names.h"
#include "util/text.h"

namespace chant::cmd {

ui::ShownMatrix shown(const land::Matrix& matrix, const std::string& target) {
  ui::ShownMatrix view{record::short_ref(target), matrix.ids, {}};
  for (const land::Clash& clash : matrix.clashes) {
    ui::ShownClash line{clash.one, clash.other, {}};
    for (const git::ConflictedPath& file : clash.files)
      line.files.push_back({file.path, file.kind});
    view.clashes.push_back(std::move(line));
  }
  return view;
}

void print_forecast(Context& context, const land::Forecast& forecast) {
  ui::Stream& out = context.out;
  out.print("target: {}\n", record::short_ref(forecast.target));
  out.write(ui::matrix_text(shown(forecast.matrix, forecast.target), context.terminal));
  out.write("order:\n");
  for (std::size_t i = 0; i < forecast.order.size(); ++i) {
    out.print("  {}. {}\n", i + 1, forecast.order[i]);
  }
  out.write(ui::waves_text(forecast.waves, forecast.matrix.ids));
  for (const record::Parked& packet : forecast.parked) {
    out.print("would be parked: {} ({}): {}\n", packet.id, packet.kind,
              printable_line(packet.reason));
  }
  for (const land::LeftOut& left : forecast.left_out) {
    out.print("left out: {}: {}\n", left.id, printable_line(left.reason));
  }
}

}  // namespace chant::cmd
