package embedded

import (
	"fmt"
	"regexp"
	"sync"

	"github.com/rs/zerolog"
)

// natsLog writes the lines of one server like all others.
type natsLog struct {
	log zerolog.Logger
	// crashed says once for all streams that the last run did not end in order.
	crashed *sync.Once
}

func newNATSLog(log zerolog.Logger) natsLog {
	return natsLog{log.With().Str("part", "nats").Logger(), &sync.Once{}}
}

// afterCrash is what a server says of each stream whose index is older than its messages,
// which are whole: it was written at the last orderly stop, or some minutes ago. NATS makes
// it again from the messages. Whatever else it warns of may be damage, and stays a warning.
var afterCrash = regexp.MustCompile(`^Filestore \[[^\]]*\] (` +
	`Stream state outdated, (last block has additional entries|found extra blocks), will rebuild` +
	`|Recovering stream state from index errored: prior state file` +
	`|(TTL|Message scheduling|Sourcing) state is outdated; attempting to recover using (linear|backward) scan .*)$`)

// Warnf logs a warning, or says in plain words that the last run did not end in order.
func (l natsLog) Warnf(format string, v ...any) {
	said := fmt.Sprintf(format, v...)
	if !afterCrash.MatchString(said) {
		l.log.Warn().Msg(said)
		return
	}
	l.log.Debug().Msg(said)
	l.crashed.Do(func() {
		l.log.Info().Msg("Parley was not shut down last time (a crash, a kill or a power failure): what is on the disk is read again")
	})
}

func (l natsLog) Noticef(format string, v ...any) { l.log.Debug().Msgf(format, v...) }
func (l natsLog) Errorf(format string, v ...any)  { l.log.Error().Msgf(format, v...) }
func (l natsLog) Debugf(format string, v ...any)  {}
func (l natsLog) Tracef(format string, v ...any)  {}

// Fatalf is only logged: ending the process is main's decision.
func (l natsLog) Fatalf(format string, v ...any) { l.log.Error().Msgf(format, v...) }
