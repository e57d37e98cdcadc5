#include "ui/marks.h"

namespace chant::ui {
namespace {

struct Mark {
  const char* unicode;
  const char* ascii;
  Colour colour;
};

Mark plain_mark(spec::State state) {
  switch (state) {
    case spec::State::completed:
      return {"●", "*", Colour::green};
    case spec::State::cancelled:
      return {"–", "-", Colour::dim};
    case spec::State::in_progress:
      return {"◐", "~", Colour::cyan};
    case spec::State::finished:
      return {"◉", "@", Colour::green};
    case spec::State::needs_attention:
      return {"⚠", "!", Colour::yellow};
    case spec::State::failed:
    case spec::State::broken:
      return {"✗", "x", Colour::red};
    case spec::State::paused:
      return {"◌", "p", Colour::yellow};
    case spec::State::blocked:
      return {"⊘", "#", Colour::dim};
    case spec::State::driver:
      return {"◇", ">", Colour::none};
    case spec::State::ready:
      break;
  }
  return {"○", "o", Colour::none};
}

}  // namespace

std::string mark_of(spec::State state, const Terminal& terminal) {
  const Mark mark = plain_mark(state);
  return terminal.paint(terminal.unicode ? mark.unicode : mark.ascii, mark.colour);
}

}  // namespace chant::ui
