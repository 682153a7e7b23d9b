// Package roles says what the roles of Parley are and what they ask of each other.
// A role is one row of the table in this file. Whoever has to know all roles reads
// the table: wiring, parley setup, the lag, the operator page, and the tests that
// find a role missing in manifests, permissions, monitoring or docs.
//
// The package stands above pkg/bus, which is handed what it needs of the table and
// knows no role by name: a row is made of pkg/bus's subjects and a call of its
// Endpoint, so the arrow can't point the other way.
package roles

import "github.com/parley-chat/parley/pkg/bus"

// Role is one kind of process. Any number of replicas of it may run.
type Role struct {
	// Name is that of the command's argument, the package, the workload in
	// Kubernetes and compose, and the user on NATS.
	Name string
	// Service is the name under which replicas are discovered on NATS and called.
	Service string
	// Work is what its replicas share between them; none for a role that only answers.
	Work []Work
	// Front says that people connect to it, on ADDR. With all roles in one process it
	// is drained first, while the others still work for it.
	Front bool
	// Apart says that it knows nothing of NATS: it has no service and no user there, is not
	// on the operator page, and with all roles in one process another role does its work.
	Apart bool
	// Needs are the settings that a replica needs.
	Needs string
	// One and Many are how people call replicas of it, within a sentence.
	One, Many string
	// Lost says what doesn't work while no replica runs, LostHere what one replica
	// can't do while it has no NATS: both as a sentence without its full stop.
	Lost, LostHere string
}

// Work is a durable consumer that the replicas of a role share.
type Work struct {
	bus.Durable
	// Beside names the consumer whose handlers do this, too (see bus.Consumer.Also), and by
	// whose name dead letters are kept; empty for work that has handlers of its own.
	Beside string
	// Key names it on the operator page: several kinds of work may have consumers
	// of one name, on different streams.
	Key string
	// Workers are those who do it, in the plural, with whose they are.
	Workers string
	// Waits is what follows the number of events that wait: of one, and of more.
	Waits [2]string
}

// What the roles share among their replicas.
var (
	Answering = Work{
		Durable: bus.Durable{Name: "bot", Takes: bus.Events, Filter: bus.AllMessages},
		Key:     "bot", Workers: "bot workers", Waits: [2]string{"message waits", "messages wait"},
	}
	// Waking wakes the bot in a chat that was handed back to it.
	Waking = Work{
		Durable: bus.Durable{Name: "bot-states", Takes: bus.Events, Filter: bus.AllStates}, Beside: "bot",
		Key: "bot-states", Workers: "bot workers’ wake-ups", Waits: [2]string{"change waits for the bot", "changes wait for the bot"},
	}
	Deciding = Work{
		Durable: bus.Durable{Name: "escalation", Takes: bus.Events, Filter: bus.AllRequests},
		Key:     "escalation", Workers: "escalation workers", Waits: [2]string{"request waits", "requests wait"},
	}
	// Following keeps the desk and the timers as the chats are.
	Following = Work{
		Durable: bus.Durable{Name: "escalation-states", Takes: bus.Events, Filter: bus.AllStates}, Beside: "escalation",
		Key: "escalation-states", Workers: "escalation workers’ updates of the desk", Waits: [2]string{"change waits for the desk", "changes wait for the desk"},
	}
	Timing = Work{
		Durable: bus.Durable{Name: "escalation", Takes: bus.DueTimers},
		Key:     "timers", Workers: "escalation workers’ timers", Waits: [2]string{"timer is due", "timers are due"},
	}
	Storing = Work{
		Durable: bus.Durable{Name: "history", Takes: bus.EventBatches},
		Key:     "history", Workers: "history workers", Waits: [2]string{"event is not in the store yet", "events are not in the store yet"},
	}
)

// The roles.
var (
	Gateway = Role{
		Name: "gateway", Service: "gateway", Front: true, Needs: "NATS_URL", One: "gateway", Many: "gateways",
		Lost:     "visitors and agents can't connect",
		LostHere: "visitors and agents can neither read nor write here, and their browsers keep what they send",
	}
	Botworker = Role{
		Name: "botworker", Service: "botworker", Needs: "NATS_URL", One: "bot worker", Many: "bot workers", Work: []Work{Answering, Waking},
		Lost:     "visitors get no answer",
		LostHere: "the bot answers nobody here",
	}
	Escalation = Role{
		Name: "escalation", Service: "escalation", Needs: "NATS_URL", One: "escalation worker", Many: "escalation workers", Work: []Work{Deciding, Following, Timing},
		Lost:     "nobody gets to a person, and agents can't answer",
		LostHere: "nobody gets to a person and no agent is heard here",
	}
	Historyworker = Role{
		Name: "historyworker", Service: "history", Needs: "NATS_URL, and MONGO_URL or DATA_DIR", One: "history worker", Many: "history workers", Work: []Work{Storing},
		Lost:     "older messages can't be read",
		LostHere: "nothing is stored here, and nobody reads older messages",
	}
)

// Web serves the pages alone. Gateways do that, too, where it doesn't run.
var Web = Role{
	Name: "web", Front: true, Apart: true, Needs: "GATEWAY_URL", One: "web server", Many: "web servers",
	Lost:     "pages can't be loaded, and those that are open go on",
	LostHere: "nothing",
}

// All returns the roles that meet on NATS, in the order in which they are shown.
func All() []Role { return []Role{Gateway, Botworker, Escalation, Historyworker} }

// Every returns the whole table: all roles that a process can be.
func Every() []Role { return append(All(), Web) }

// Named returns the role of that name.
func Named(name string) (Role, bool) {
	for _, r := range Every() {
		if r.Name == name {
			return r, true
		}
	}
	return Role{}, false
}

// IsFront reports whether people connect to a process of that role; "" stands for all
// roles in one process.
func IsFront(name string) bool {
	r, _ := Named(name)
	return name == "" || r.Front
}

// WithConsumer returns the role whose replicas share a durable consumer of that name.
func WithConsumer(name string) (Role, bool) {
	for _, r := range All() {
		for _, w := range r.Work {
			if w.Name == name {
				return r, true
			}
		}
	}
	return Role{}, false
}

// Services returns the names of all services.
func Services() []string {
	var names []string
	for _, r := range All() {
		names = append(names, r.Service)
	}
	return names
}

// Durables returns the durable consumers of all roles.
func Durables() []bus.Durable {
	var list []bus.Durable
	for _, r := range All() {
		for _, w := range r.Work {
			list = append(list, w.Durable)
		}
	}
	return list
}
