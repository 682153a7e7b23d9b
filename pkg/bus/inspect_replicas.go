package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/spent"
)

// Replica is one process that serves a role, by its own account.
type Replica struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Version string `json:"version"`
	// Host and Started are empty if the replica does not report them.
	Host    string    `json:"host,omitempty"`
	Started time.Time `json:"started,omitzero"`
	// Concurrency is how much of its work it does at once, so how much it can start
	// before something ends; 0 if it does not report it.
	Concurrency int `json:"places,omitempty"`
	// Ceilings are those of the language model that it asks; nil if it asks none.
	Ceilings *spent.Ceilings `json:"-"`
	// Trouble says in a sentence what is wrong there; empty: nothing that it knows of.
	Trouble string `json:"trouble,omitempty"`
	// Calls are the calls that it answers; a gateway answers none.
	Calls []CallStats `json:"calls,omitempty"`
	// Connections are those that a gateway holds; nil if it does not report them.
	Connections *Connections `json:"connections,omitempty"`
	// Ratings are nil if the replica counts none.
	Ratings *Ratings `json:"ratings,omitempty"`

	counts bool // whether it may be asked for its figures
}

// Connections are the open WebSockets of one gateway, and who fills it.
type Connections struct {
	Visitors int `json:"visitors"`
	Agents   int `json:"agents"`
	// Heaviest are the blocks of addresses that had most accepted there within about the
	// last hour, the heaviest first; only a few.
	Heaviest []Load `json:"heaviest,omitempty"`
}

// Load is what one block of addresses had accepted at one gateway within about the last
// hour.
type Load struct {
	Block    string `json:"block"` // an address, or a network in CIDR notation
	Messages int64  `json:"messages"`
	Bytes    int64  `json:"bytes"` // of text
	// Share is how much of an hour's share that is, from 0; 0 if there is no bound.
	Share float64 `json:"share"`
}

// CallStats are a replica's own figures of one call since it started.
type CallStats struct {
	Name     string `json:"name"` // "page" of "history.page"
	Requests int    `json:"requests"`
	// Took is how long its latest calls took, nil if the replica does not report it.
	// (NATS' client itself measures the time until a call begins.)
	Took *CallTimes `json:"took,omitempty"`
}

// CallTimes are of the latest calls of one endpoint of a replica.
type CallTimes struct {
	Failed    int     `json:"failed"` // since it started, refusals not counted
	AverageMS float64 `json:"average_ms"`
	P99MS     float64 `json:"p99_ms"`
}

// What a replica reports about itself beyond what every micro service does.
const (
	metaHost        = "host"
	metaStarted     = "started" // RFC 3339
	metaConcurrency = "places"
	metaCeilings    = "ceilings" // JSON
)

const (
	// quiet is the pause after which all are taken to have answered.
	quiet = 150 * time.Millisecond
	// lateReply is how long the answers of replicas that should be there are waited
	// for.
	lateReply = time.Second
)

// replicas asks all micro services who they are, and then those of ours for their
// figures.
func (l *look) replicas(ctx context.Context, ours, known []string) {
	list, err := l.conn.discover(ctx, "", known)
	list = slices.DeleteFunc(list, func(r Replica) bool { return !slices.Contains(ours, r.Service) })
	if err != nil && !errors.Is(err, nats.ErrNoResponders) {
		l.miss(Missing{What: "the replicas", Err: translate(err)})
		return
	}
	var ask errgroup.Group
	ask.SetLimit(lookAtOnce)
	for i := range list {
		// A replica without endpoints has no figures. (Besides, nats.go 1.55 sets the
		// start time after it answers requests for it, but before it adds endpoints.)
		if list[i].counts {
			ask.Go(func() error { l.conn.figures(ctx, &list[i]); return nil })
		}
	}
	_ = ask.Wait()
	slices.SortFunc(list, func(a, b Replica) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Replicas, l.Heard = list, true
}

// Replicas returns the replicas of a service that answered within a second, without their
// Calls. known are the ids of replicas that should be there: the answers of others are
// not waited for as long. If none answered though there may be some, the error wraps
// ErrUnavailable; if it is certain that there are none, the list is empty.
func (c *Conn) Replicas(ctx context.Context, service string, known []string) ([]Replica, error) {
	if len(known) == 0 {
		known = []string{"whoever is there"} // none, NATS would say at once
	}
	list, err := c.discover(ctx, service, known)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("ask for the replicas of %s: %w", service, translate(err))
	case len(list) == 0:
		return nil, fmt.Errorf("%w: no replica of %s answered", ErrUnavailable, service)
	}
	return list, nil
}

// discover returns the replicas of one service, or of all. Nobody knows how many there
// are, so it waits until no more answer. The error is nats.ErrNoResponders if there are
// none.
func (c *Conn) discover(ctx context.Context, service string, known []string) ([]Replica, error) {
	ctx, cancel := context.WithTimeout(ctx, lateReply)
	defer cancel()
	inbox := c.nc.NewRespInbox()
	sub, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer func() { _ = sub.Unsubscribe() }()
	subject, err := micro.ControlSubject(micro.InfoVerb, service, "")
	if err != nil {
		return nil, err
	}
	if err := c.nc.PublishRequest(subject, inbox, nil); err != nil {
		return nil, err
	}
	waited := slices.Clone(known)
	var list []Replica
	for {
		msg, err := nextWithin(ctx, sub, waited)
		if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if r, ok := decodeReplica(msg.Data); ok {
			list = append(list, r)
			waited = slices.DeleteFunc(waited, func(id string) bool { return id == r.ID })
		}
	}
}

// nextWithin waits for one more answer: until the context ends while any of the awaited
// ids is missing, else for a moment.
func nextWithin(ctx context.Context, sub *nats.Subscription, waited []string) (*nats.Msg, error) {
	if len(waited) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, quiet)
		defer cancel()
	}
	return sub.NextMsgWithContext(ctx)
}

// decodeReplica decodes a replica's answer; false if that can't be read.
func decodeReplica(data []byte) (Replica, bool) {
	var info micro.Info
	if err := json.Unmarshal(data, &info); err != nil {
		return Replica{}, false
	}
	r := Replica{Service: info.Name, ID: info.ID, Version: info.Version, Host: info.Metadata[metaHost], counts: len(info.Endpoints) > 0}
	if at, err := time.Parse(time.RFC3339Nano, info.Metadata[metaStarted]); err == nil {
		r.Started = at.UTC()
	}
	if n, err := strconv.Atoi(info.Metadata[metaConcurrency]); err == nil {
		r.Concurrency = max(0, n)
	}
	if said := info.Metadata[metaCeilings]; said != "" {
		var ceilings spent.Ceilings
		if json.Unmarshal([]byte(said), &ceilings) == nil {
			r.Ceilings = &ceilings
		}
	}
	return r, true
}

// figures asks a replica for its figures, which stay unknown if it does not answer.
func (c *Conn) figures(ctx context.Context, r *Replica) {
	subject, err := micro.ControlSubject(micro.StatsVerb, r.Service, r.ID)
	if err != nil {
		return
	}
	msg, err := c.requestWithin(ctx, subject, nil, lateReply)
	if err == nil {
		r.count(msg.Data)
	}
}

// count reads a replica's figures.
func (r *Replica) count(data []byte) {
	var s micro.Stats
	if err := json.Unmarshal(data, &s); err != nil {
		return
	}
	if r.Started.IsZero() {
		r.Started = s.Started
	}
	for _, e := range s.Endpoints {
		if e.Name == connectionsCall {
			var held *Connections
			if len(e.Data) > 0 && json.Unmarshal(e.Data, &held) == nil {
				r.Connections = held
			}
			continue
		}
		call := CallStats{Name: e.Name, Requests: e.NumRequests}
		var data struct {
			*CallTimes
			reported
		}
		if len(e.Data) > 0 && json.Unmarshal(e.Data, &data) == nil {
			call.Took = data.CallTimes
			r.Trouble, r.Ratings = data.Trouble, data.Ratings
		}
		r.Calls = append(r.Calls, call)
	}
}
