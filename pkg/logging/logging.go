// Package logging makes the logger of a process: JSON, or readable lines on a
// terminal. The fields are named role, consumer, chat, seq, deliveries, trace (if the
// line was given the context of a trace), err. A message's text is never logged.
package logging

import (
	"io"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// New returns a logger at the level ("debug", "info", "warn", "error"), in the
// format "json", "pretty", or "auto", which is pretty on a terminal.
func New(out *os.File, level, format string) zerolog.Logger {
	var w io.Writer = out
	if format == "pretty" || format == "auto" && terminal(out) {
		w = zerolog.ConsoleWriter{Out: out, TimeFormat: time.TimeOnly, NoColor: !terminal(out)}
	}
	return To(w, level)
}

// To returns a logger that writes JSON, one line per event.
func To(w io.Writer, level string) zerolog.Logger {
	zerolog.TimeFieldFormat = time.RFC3339Nano
	l, err := zerolog.ParseLevel(level)
	if err != nil {
		l = zerolog.InfoLevel
	}
	return zerolog.New(w).Level(l).With().Timestamp().Logger().Hook(traces{})
}

func terminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Terminal reports whether a person may read what is written to the file: it is a
// terminal, not a pipe, a file, or the null device.
func Terminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || !terminal(f) {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
