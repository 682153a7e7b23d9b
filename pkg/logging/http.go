package logging

import (
	stdlog "log"

	"github.com/rs/zerolog"
)

// HTTP returns a logger for an http.Server, whose messages are mostly about broken
// clients: they get the debug level.
func HTTP(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(debugLines{log}, "", 0)
}

type debugLines struct{ log zerolog.Logger }

func (d debugLines) Write(line []byte) (int, error) {
	d.log.Debug().Str("part", "http").Msg(string(line))
	return len(line), nil
}
