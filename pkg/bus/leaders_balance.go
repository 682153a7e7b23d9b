package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// wholeWithin is how long Balance waits for copies that are a moment behind, which
	// happens now and then while much is written.
	wholeWithin = 10 * time.Second
	// handedWithin is how long the handover to another leader may take.
	handedWithin = 10 * time.Second
	// handedAsked is the pause between requests for the leader, and handedHeard how
	// long each may take: between two leaders nobody answers.
	handedAsked = 20 * time.Millisecond
	handedHeard = 200 * time.Millisecond
)

// Move is one handover of a leadership by Balance.
type Move struct {
	What     string // a stream, or a consumer of one
	From, To string // nodes
	// Took is the time from the request until the new leader answered, during which
	// nothing was stored or delivered there.
	Took time.Duration
}

// String is a sentence without its period.
func (m Move) String() string {
	return fmt.Sprintf("%s goes from %s to %s (%d ms)", m.What, m.From, m.To, m.Took.Milliseconds())
}

// NotWholeError refuses to balance because copies are not complete: a node would soon take
// back, or is missing, what it is to lead.
type NotWholeError struct {
	Node string // empty if it has no leader
	Of   string // a stream, or a consumer of one
}

// Error is a sentence for operators.
func (e *NotWholeError) Error() string {
	if e.Node == "" {
		return fmt.Sprintf("%s has no leader; balance again when it has one", e.Of)
	}
	return fmt.Sprintf("the NATS node %s is down, or behind with %s; balance again when all nodes are up", e.Node, e.Of)
}

// Balance spreads the leaders of the streams over the nodes of a NATS cluster, the chats'
// streams first, with the fewest moves, and has the consumers of a stream led by the
// stream's leader. NATS leaves leaders where elections put them: after its nodes were
// restarted, one of them may lead all, and its death would stop all chats for some
// seconds instead of a share of them.
//
// It moves one leader at a time and calls tell with each move. It returns how many streams
// each node leads then; a single node if there is nothing to spread. If a node is down or
// behind, it moves nothing, or nothing more if that happens meanwhile, and returns a
// NotWholeError.
func (c *Conn) Balance(ctx context.Context, durables []Durable, tell func(Move)) (map[string]int, error) {
	plan, load, err := c.planLeaders(ctx)
	if err != nil {
		return nil, err
	}
	return load, c.handAllOver(ctx, plan, durables, tell)
}

// planned is a stream and the node that is to lead it.
type planned struct{ stream, leader string }

// planLeaders looks up the leaders of the streams and returns the nodes that should lead
// them, with how many streams each node leads then. Streams that don't exist are left
// out: those of a bucket that was never needed, or that somebody just deleted.
func (c *Conn) planLeaders(ctx context.Context) (plan []planned, load map[string]int, err error) {
	others := []string{timerStream, deadStream, spentStream, auditStream, filesStream}
	for _, bucket := range buckets {
		others = append(others, "KV_"+bucket)
	}
	load = map[string]int{}
	for _, names := range [][]string{c.chatStreams(), others} {
		var streams []led
		for _, name := range names {
			s, err := c.whole(ctx, name)
			if errors.Is(err, jetstream.ErrStreamNotFound) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			streams = append(streams, s)
		}
		for i, leader := range spread(streams, load) {
			plan = append(plan, planned{streams[i].name, leader})
		}
	}
	return plan, load, nil
}

// handAllOver carries a plan out, with the consumers of each stream. A stream or a
// consumer that does not exist (any more) is left out.
func (c *Conn) handAllOver(ctx context.Context, plan []planned, durables []Durable, tell func(Move)) error {
	handOver := func(name, to string) error {
		err := c.handOver(ctx, name, to, tell)
		if errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil
		}
		return err
	}
	for _, p := range plan {
		if err := handOver(p.stream, p.leader); err != nil {
			return err
		}
	}
	for _, which := range c.consumersOf(durables) {
		i := slices.IndexFunc(plan, func(p planned) bool { return p.stream == which.stream })
		if i < 0 {
			continue
		}
		if err := handOver(which.stream+"."+which.name, plan[i].leader); err != nil {
			return err
		}
	}
	return nil
}

// whole returns the leader of a stream, or of "stream.consumer", once all of its copies are
// up and complete.
func (c *Conn) whole(ctx context.Context, name string) (led, error) {
	until, cancel := context.WithTimeout(ctx, wholeWithin)
	defer cancel()
	for try := 1; ; try++ {
		group, err := c.group(ctx, name)
		if err != nil {
			return led{}, err
		}
		s, missing := led{name: name}, ""
		var list []Copy
		if s.leader, list = copies(group); s.leader == "" && group == nil {
			s.leader, list = c.nc.ConnectedServerName(), []Copy{{Node: c.nc.ConnectedServerName(), Current: true}}
		}
		for _, held := range list {
			s.copies = append(s.copies, held.Node)
			if !held.Current || held.Offline {
				missing = held.Node
			}
		}
		if missing == "" && s.leader != "" {
			return s, nil
		}
		if leaderless.Wait(until, try) != nil {
			if ctx.Err() != nil {
				return led{}, ctx.Err()
			}
			return led{}, &NotWholeError{Node: missing, Of: inWords(name)}
		}
	}
}

// group returns the nodes of a stream, or of "stream.consumer"; nil on a server without a
// cluster.
func (c *Conn) group(ctx context.Context, name string) (*jetstream.ClusterInfo, error) {
	stream, consumer, is := strings.Cut(name, ".")
	if !is {
		info, err := c.streamInfo(ctx, stream)
		if err != nil {
			return nil, err
		}
		return info.Cluster, nil
	}
	cons, err := askLeader(ctx, func(ctx context.Context) (jetstream.Consumer, error) { return c.js.Consumer(ctx, stream, consumer) })
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", inWords(name), translate(err))
	}
	return cons.CachedInfo().Cluster, nil
}

// inWords is "CHAT_0", or "bot of CHAT_0" for the consumer "CHAT_0.bot".
func inWords(name string) string {
	if stream, consumer, is := strings.Cut(name, "."); is {
		return consumer + " of " + stream
	}
	return name
}

// handOver has the leader of a stream, or of "stream.consumer", step down in favor of
// another node, and waits until that leads. Just before, it checks that all copies are
// still complete: the leader would also step down for a node that is behind, which can't
// take over, and there would be no leader until NATS has held an election.
// See $JS.API.STREAM.LEADER.STEPDOWN and its placement (nats-server 2.11, ADR-57).
func (c *Conn) handOver(ctx context.Context, name, to string, tell func(Move)) error {
	now, err := c.whole(ctx, name)
	if err != nil {
		return err
	}
	if now.leader == to || len(now.copies) < 2 {
		return nil
	}
	move, began := Move{What: inWords(name), From: now.leader, To: to}, time.Now()
	subject := "$JS.API.STREAM.LEADER.STEPDOWN."
	if strings.Contains(name, ".") {
		subject = "$JS.API.CONSUMER.LEADER.STEPDOWN."
	}
	body, err := json.Marshal(map[string]any{"placement": map[string]string{"preferred": to}})
	if err != nil {
		return err
	}
	reply, err := c.requestWithin(ctx, subject+name, body, requestTimeout)
	if err != nil {
		return fmt.Errorf("hand %s over to %s: %w", move.What, to, err)
	}
	var answer struct{ Error *jetstream.APIError }
	if err := json.Unmarshal(reply.Data, &answer); err != nil {
		return fmt.Errorf("hand %s over to %s: NATS' answer: %w", move.What, to, err)
	}
	if answer.Error != nil {
		return fmt.Errorf("hand %s over to %s: %w", move.What, to, translate(answer.Error))
	}
	if err := c.leads(ctx, name, to); err != nil {
		return err
	}
	move.Took = time.Since(began)
	tell(move)
	return nil
}

// leads waits until a node leads a stream, or "stream.consumer".
func (c *Conn) leads(ctx context.Context, name, node string) error {
	until, cancel := context.WithTimeout(ctx, handedWithin)
	defer cancel()
	for {
		once, end := context.WithTimeout(until, handedHeard)
		group, err := c.group(once, name)
		end()
		leader, _ := copies(group)
		if err == nil && leader == node {
			return nil
		}
		select {
		case <-until.Done():
			if _, err := c.whole(ctx, name); err != nil { // the node went down meanwhile
				return err
			}
			return fmt.Errorf("%s is not led by %s, to which NATS was asked to hand it over (now: %q)", inWords(name), node, leader)
		case <-time.After(handedAsked):
		}
	}
}

// Led says how many streams each node leads: "a leads 3 streams, b 2".
func Led(load map[string]int) string {
	var b strings.Builder
	for i, node := range slices.Sorted(maps.Keys(load)) {
		switch {
		case i == 0:
			fmt.Fprintf(&b, "%s leads %d streams", node, load[node])
		default:
			fmt.Fprintf(&b, ", %s %d", node, load[node])
		}
	}
	return b.String()
}
