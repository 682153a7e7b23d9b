package escalation

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/desk"
)

// Options of the role. The zero value of a limit stands for its default.
type Options struct {
	WaitLimit   time.Duration // how long a visitor waits for a person: see timer_wait.go
	AnswerLimit time.Duration // how long an agent may owe an answer: see timer_answer.go
	IdleLimit   time.Duration // after how long without any event a chat is closed: see timer_idle.go
	AwayGrace   time.Duration // how long an agent may be offline: see sweep.go
	// AutoAssign gives waiting chats of no team to agents; otherwise agents take them. Each
	// team has a choice of its own.
	AutoAssign bool
	// Capacity is how many live chats an agent has at most for whom no other number is set,
	// whether they are assigned or taken by hand.
	Capacity int
	// MaxWaiting is how many chats may wait for a person at once, WaitingPerAddress how
	// many of those from one address block: see desk.Line.
	MaxWaiting, WaitingPerAddress int
	// BotName is the bot's name, as agents read it on its notes, unless an admin set another one.
	BotName string
	// Version is shown by NATS' service discovery: a semantic version (0.0.0).
	Version string
	Metrics prometheus.Registerer // where metrics are registered, once; nil: nowhere
	// Started, if not nil, is called once when the replica works.
	Started func()
	Log     zerolog.Logger
	Now     func() time.Time // time.Now
}

// defaultCapacity is Options.Capacity if that is 0.
const defaultCapacity = 5

// withDefaults returns the options with a value for everything, or all faults at
// once.
func (o Options) withDefaults() (Options, error) {
	var faults []error
	limit := func(name string, d *time.Duration, def time.Duration) {
		if *d < 0 {
			faults = append(faults, fmt.Errorf("the %s is %s: it must be above zero", name, *d))
		}
		*d = cmp.Or(*d, def)
	}
	limit("WaitLimit", &o.WaitLimit, defaultWaitLimit)
	limit("AnswerLimit", &o.AnswerLimit, defaultAnswerLimit)
	limit("IdleLimit", &o.IdleLimit, defaultIdleLimit)
	limit("AwayGrace", &o.AwayGrace, defaultAwayGrace)
	number := func(name string, n *int, def int) {
		if *n < 0 {
			faults = append(faults, fmt.Errorf("the %s is %d: it must be above zero", name, *n))
		}
		*n = cmp.Or(*n, def)
	}
	number("Capacity", &o.Capacity, defaultCapacity)
	number("MaxWaiting", &o.MaxWaiting, desk.DefaultMax)
	number("WaitingPerAddress", &o.WaitingPerAddress, desk.DefaultPerSource)
	o.BotName = cmp.Or(o.BotName, "Parley bot")
	o.Version = cmp.Or(o.Version, "0.0.0")
	if o.Now == nil {
		o.Now = time.Now
	}
	return o, errors.Join(faults...)
}
