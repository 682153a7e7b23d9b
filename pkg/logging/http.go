package logging

import (
	stdlog "log"

	"github.com/rs/zerolog"
)

// HTTP returns the logger of an http.Server: its complaints, which are mostly about
// broken clients, have the debug level.
func HTTP(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(debugLines{log}, "", 0)
}

type debugLines struct{ log zerolog.Logger }

func (d debugLines) Write(line []byte) (int, error) {
	d.log.Debug().Str("part", "http").Msg(string(line))
	return len(line), nil
}
