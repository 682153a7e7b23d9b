package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamLook is a stream at one moment.
type StreamLook struct {
	Name     string    `json:"name"`
	Messages uint64    `json:"messages"`
	Bytes    uint64    `json:"bytes"`
	First    uint64    `json:"first"`
	Last     uint64    `json:"last"`
	FirstAt  time.Time `json:"first_at,omitzero"`
	LastAt   time.Time `json:"last_at,omitzero"`
	// Leader is empty if a cluster has elected none.
	Leader string `json:"leader"`
	// Wanted is how many copies there should be, Copies those that NATS knows of, the
	// leader's first.
	Wanted int    `json:"wanted"`
	Copies []Copy `json:"copies"`
}

// Copy is one node's copy of a stream.
type Copy struct {
	Node    string `json:"node"`
	Current bool   `json:"current"`
	Offline bool   `json:"offline,omitempty"`
	Lag     uint64 `json:"lag,omitempty"` // operations that it has not seen yet
}

// Current counts the copies that are complete.
func (s StreamLook) Current() int {
	n := 0
	for _, c := range s.Copies {
		if c.Current && !c.Offline {
			n++
		}
	}
	return n
}

// HoldsChats reports whether the stream holds events of chats.
func (s StreamLook) HoldsChats() bool { return holdsChats(s.Name) }

func holdsChats(stream string) bool { return strings.HasPrefix(stream, "CHAT_") }

// ConsumerLook is a durable consumer on one stream at one moment.
type ConsumerLook struct {
	Name   string `json:"name"`
	Stream string `json:"stream"`
	// Pending events wait to be delivered to a replica; Unacked ones are with one, or
	// wait for their next try; Redelivered of those were delivered more than once.
	Pending     uint64 `json:"pending"`
	Unacked     uint64 `json:"unacked"`
	Redelivered uint64 `json:"redelivered"`
	// Delivered counts deliveries since the consumer was created; an event that was
	// delivered again counts each time.
	Delivered uint64 `json:"delivered"`
	// Oldest is when the oldest event that was not handled was stored; zero if there is
	// none.
	Oldest time.Time `json:"oldest,omitzero"`
}

// bucketsLookedAt are those whose streams a gateway has the permission to look at.
var bucketsLookedAt = []string{VisitorsBucket, RevokedBucket, AgentsBucket, DeskBucket, PresenceBucket, SettingsBucket, SiteBucket}

// DeadStream names the stream of dead letters in an overview.
const DeadStream = deadStream

func (c *Conn) lookedAt() []string {
	names := append(c.chatStreams(), timerStream, deadStream, spentStream, auditStream)
	for _, bucket := range bucketsLookedAt {
		names = append(names, "KV_"+bucket)
	}
	return names
}

func (l *look) stream(ctx context.Context, place int, name string) {
	info, err := l.conn.streamInfo(ctx, name)
	if err != nil {
		l.miss(Missing{What: "the stream " + name, Stream: name, Err: err})
		return
	}
	s := StreamLook{
		Name: name, Messages: info.State.Msgs, Bytes: info.State.Bytes, First: info.State.FirstSeq, Last: info.State.LastSeq,
		FirstAt: moment(info.State.FirstTime), LastAt: moment(info.State.LastTime), Wanted: max(1, info.Config.Replicas),
	}
	s.Leader, s.Copies = copies(info.Cluster)
	if info.Cluster == nil || info.Cluster.Name == "" && s.Leader == "" {
		// A single server has no cluster to report: it answered.
		s.Leader = l.conn.nc.ConnectedServerName()
		s.Copies = []Copy{{Node: s.Leader, Current: true}}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Streams[place] = s
}

// copies returns the leader and the state of the copies; the leader's is current.
func copies(cluster *jetstream.ClusterInfo) (leader string, list []Copy) {
	list = []Copy{}
	if cluster == nil {
		return "", list
	}
	if cluster.Leader != "" {
		list = append(list, Copy{Node: cluster.Leader, Current: true})
	}
	others := make([]Copy, 0, len(cluster.Replicas))
	for _, r := range cluster.Replicas {
		others = append(others, Copy{Node: r.Name, Current: r.Current, Offline: r.Offline, Lag: r.Lag})
	}
	slices.SortFunc(others, func(a, b Copy) int { return cmp.Compare(a.Node, b.Node) })
	return cluster.Leader, append(list, others...)
}

// moment turns the times that mean none into the zero time.
func moment(t time.Time) time.Time {
	if t.Year() < 2000 {
		return time.Time{}
	}
	return t.UTC()
}

// onStream is a durable consumer that is looked at.
type onStream struct {
	stream, name string
	// oldest is the subject of the events that wait for it.
	oldest Subject
}

// consumersOf returns the consumers of that name on all their streams.
func (c *Conn) consumersOf(durables []Durable) []onStream {
	var list []onStream
	for _, d := range durables {
		for _, stream := range c.streamsOf(d) {
			list = append(list, onStream{stream, d.Name, d.oldest()})
		}
	}
	return list
}

func (l *look) consumer(ctx context.Context, place int, which onStream) {
	cons, err := l.conn.js.Consumer(ctx, which.stream, which.name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) { // no replica has made it yet
		return
	}
	if err != nil {
		l.miss(Missing{What: fmt.Sprintf("the consumer %s of %s", which.name, which.stream), Stream: which.stream, Consumer: which.name, Err: translate(err)})
		return
	}
	info := cons.CachedInfo()
	look := ConsumerLook{
		Name: which.name, Stream: which.stream, Pending: info.NumPending, Unacked: uint64(max(0, info.NumAckPending)),
		Redelivered: uint64(max(0, info.NumRedelivered)), Delivered: info.Delivered.Consumer,
	}
	if look.Pending+look.Unacked > 0 && which.oldest != "" {
		// If it can't be read, how much waits is known, but not for how long.
		m, err := l.conn.leaderMessage(ctx, which.stream, getRequest{Seq: info.AckFloor.Stream + 1, NextFor: which.oldest})
		if err == nil {
			look.Oldest = m.Time
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Consumers[place] = look
}
