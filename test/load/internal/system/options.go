// Package system runs a whole Parley as processes on this machine: NATS, the store and
// replicas of each role, with a line of the harness on every connection to NATS. Each
// process can be killed, stopped, paused, and restarted at the same address.
package system

import (
	"errors"
	"fmt"
)

// The roles of members.
const (
	Gateway       = "gateway"
	Botworker     = "botworker"
	Escalation    = "escalation"
	Historyworker = "historyworker"
	NATS          = "nats"
	StoreServer   = "store"
)

// The kinds of stores.
const (
	SQLite = "sqlite"
	Mongo  = "mongo" // the MongoDB-compatible server of Parley's own tests
)

// AdminPassword is the password of the account admin.
const AdminPassword = "torture-torture-torture"

// Options say what a system is made of.
type Options struct {
	Program                                string   // the binary of Parley
	Dir                                    string   // for all files; must exist
	Gateways, Bots, Escalations, Histories int      // replicas
	NATSNodes                              int      // 1 or 3; 0 is 1
	Sync                                   string   // when NATS syncs: "always" (the default) or a time
	Store                                  string   // SQLite (the default) or Mongo
	Streams                                int      // 0 is 8
	Figures                                bool     // every role shows its metrics: see System.Figures
	Env                                    []string // settings of every role; they override the harness's own
}

// Nodes is the number of NATS servers, with the default applied.
func (o Options) nodes() int { return max(1, o.NATSNodes) }

func (o Options) check() error {
	var faults []error
	if o.Program == "" || o.Dir == "" {
		faults = append(faults, errors.New("a program and a folder are needed"))
	}
	if min(o.Gateways, o.Bots, o.Escalations, o.Histories) < 0 || o.Gateways < 1 || o.Histories < 1 {
		faults = append(faults, errors.New("at least one gateway and one history worker are needed"))
	}
	if n := o.nodes(); n != 1 && n != 3 {
		faults = append(faults, fmt.Errorf("%d NATS nodes: there is 1 or there are 3", n))
	}
	if o.Store != SQLite && o.Store != Mongo {
		faults = append(faults, fmt.Errorf("the store is %q: it is sqlite or mongo", o.Store))
	}
	return errors.Join(faults...)
}
