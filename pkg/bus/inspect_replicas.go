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
)

// Replica is one process that serves a role, by its own account.
type Replica struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Version string `json:"version"`
	// Host and Started are empty where the replica does not say them.
	Host    string    `json:"host,omitempty"`
	Started time.Time `json:"started,omitzero"`
	// Places is how much of its work it does at once, which is all that it can
	// begin with before something ends; 0 where it does not say.
	Places int `json:"places,omitempty"`
	// Calls are those that it answers; a gateway answers none.
	Calls []CallStats `json:"calls,omitempty"`
	// Connections are those that a gateway holds; nil where it does not say.
	Connections *Connections `json:"connections,omitempty"`

	counts bool // whether it may be asked for its figures
}

// Connections are the open WebSockets of one gateway.
type Connections struct {
	Visitors int `json:"visitors"`
	Agents   int `json:"agents"`
}

// CallStats are a replica's own figures of one call since it started.
type CallStats struct {
	Name     string `json:"name"` // "page" of "history.page"
	Requests int    `json:"requests"`
	// Took is how long its latest calls took, nil where the replica does not say.
	// (What NATS' client measures by itself is the time until a call begins.)
	Took *CallTimes `json:"took,omitempty"`
}

// CallTimes are of the latest calls of one endpoint of a replica.
type CallTimes struct {
	Failed    int     `json:"failed"` // since it started, refusals not counted
	AverageMS float64 `json:"average_ms"`
	P99MS     float64 `json:"p99_ms"`
}

// What a replica says of itself beside what every micro service does.
const (
	metaHost    = "host"
	metaStarted = "started" // RFC 3339
	metaPlaces  = "places"
)

const (
	// quiet is how long nobody may have answered for all to have answered.
	quiet = 150 * time.Millisecond
	// lateReply is how long the answers of replicas that should be there are
	// waited for.
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
		// Who has no endpoints has no figures; and NATS' client (1.55) writes when
		// it started after it can be asked for that. Endpoints are made after.
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

// Replicas asks who serves, and returns who answered: without Calls, and without
// those who are too busy to answer within a second. known are the ids of replicas
// that should be there: the answers of others are not waited for as long. With an error
// that wraps ErrUnavailable nobody answered, though there may be some; where it is
// known that there are none the list is empty.
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

// discover asks who is there, of one service or of all. Nobody knows how many there
// are, so it waits until no more answer. The error is nats.ErrNoResponders where
// there is nobody.
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

// nextWithin waits for one more answer: as long as it may take while one of those
// that are known is missing, else a little.
func nextWithin(ctx context.Context, sub *nats.Subscription, waited []string) (*nats.Msg, error) {
	if len(waited) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, quiet)
		defer cancel()
	}
	return sub.NextMsgWithContext(ctx)
}

// decodeReplica reads who answers; false where that can't be read.
func decodeReplica(data []byte) (Replica, bool) {
	var info micro.Info
	if err := json.Unmarshal(data, &info); err != nil {
		return Replica{}, false
	}
	r := Replica{Service: info.Name, ID: info.ID, Version: info.Version, Host: info.Metadata[metaHost], counts: len(info.Endpoints) > 0}
	if at, err := time.Parse(time.RFC3339Nano, info.Metadata[metaStarted]); err == nil {
		r.Started = at.UTC()
	}
	if n, err := strconv.Atoi(info.Metadata[metaPlaces]); err == nil {
		r.Places = max(0, n)
	}
	return r, true
}

// figures asks a replica for its figures. Where it does not answer they are not known.
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
		var took *CallTimes
		if len(e.Data) > 0 && json.Unmarshal(e.Data, &took) == nil {
			call.Took = took
		}
		r.Calls = append(r.Calls, call)
	}
}
