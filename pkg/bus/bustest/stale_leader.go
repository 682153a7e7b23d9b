package bustest

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
)

// StaleLeader plays a leader of the chats' streams that was voted out and has not
// noticed: reads on its connections are answered with what the streams held when it
// went stale. In a cluster this lasts about a second, at moments that a test can't
// choose.
type StaleLeader struct {
	s *Server

	mu    sync.Mutex // guards the fields below
	stale bool
	held  map[string][]heldMessage // by stream, ascending
}

// heldMessage is a message in the form in which a leader returns it.
type heldMessage struct {
	Subject string    `json:"subject"`
	Seq     uint64    `json:"seq"`
	Data    []byte    `json:"data"`
	Time    time.Time `json:"time"`
}

// The leader's API, and the subject that requests on StaleLeader's connections go to
// instead.
const (
	leaderReads = "$JS.API.STREAM.MSG.GET."
	staleReads  = "STALE.STREAM.MSG.GET."
)

// StaleLeader returns a leader that is not stale yet.
func (s *Server) StaleLeader() *StaleLeader {
	s.t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(nc.Close)
	d := &StaleLeader{s: s}
	if _, err := nc.Subscribe(staleReads+"*", func(msg *nats.Msg) { d.answer(nc, msg) }); err != nil {
		s.t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// GoStale makes the leader stale: from now on it answers with what the streams hold
// now.
func (d *StaleLeader) GoStale() {
	d.s.t.Helper()
	held := map[string][]heldMessage{}
	d.s.chatStreams(func(ctx context.Context, stream jetstream.Stream) {
		info := stream.CachedInfo()
		for seq := max(1, info.State.FirstSeq); seq <= info.State.LastSeq; seq++ {
			m, err := stream.GetMsg(ctx, seq)
			if err != nil {
				d.s.t.Fatal(err)
			}
			held[info.Config.Name] = append(held[info.Config.Name], heldMessage{m.Subject, m.Sequence, m.Data, m.Time})
		}
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale, d.held = true, held
}

// CatchUp ends the staleness: the real leader answers again.
func (d *StaleLeader) CatchUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale = false
}

// Connect returns a connection whose reads from a leader are answered by this one.
func (d *StaleLeader) Connect(name string) *bus.Conn {
	d.s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	c, err := bus.Connect(ctx, bus.Options{Name: name, Log: zerolog.Nop(), InProcess: d, Streams: 2, Replicas: 1})
	if err != nil {
		d.s.t.Fatal(err)
	}
	d.s.t.Cleanup(c.Close)
	return c
}

// InProcessConn implements nats.InProcessConnProvider.
func (d *StaleLeader) InProcessConn() (net.Conn, error) {
	c, err := d.s.InProcessConn()
	return misled{c}, err
}

// misled redirects reads from leaders.
type misled struct{ net.Conn }

func (c misled) Write(p []byte) (int, error) {
	if _, err := c.Conn.Write(bytes.ReplaceAll(p, []byte(leaderReads), []byte(staleReads))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (d *StaleLeader) answer(nc *nats.Conn, msg *nats.Msg) {
	stream := strings.TrimPrefix(msg.Subject, staleReads)
	d.mu.Lock()
	held, stale := d.held[stream], d.stale
	d.mu.Unlock()
	if !stale || !strings.HasPrefix(stream, "CHAT_") {
		_ = nc.PublishRequest(leaderReads+stream, msg.Reply, msg.Data)
		return
	}
	var req struct {
		Seq     uint64 `json:"seq"`
		LastFor string `json:"last_by_subj"`
		NextFor string `json:"next_by_subj"`
	}
	var resp struct {
		Error   *jetstream.APIError `json:"error,omitempty"`
		Message *heldMessage        `json:"message,omitempty"`
	}
	_ = json.Unmarshal(msg.Data, &req)
	for _, m := range held {
		switch {
		case req.LastFor != "" && matches(req.LastFor, m.Subject):
			resp.Message = &m // replaced by a later one, if there is one
		case req.NextFor != "" && m.Seq >= req.Seq && matches(req.NextFor, m.Subject) && resp.Message == nil:
			resp.Message = &m
		case req.LastFor == "" && req.NextFor == "" && m.Seq == req.Seq:
			resp.Message = &m
		}
	}
	if resp.Message == nil {
		resp.Error = &jetstream.APIError{Code: 404, ErrorCode: jetstream.JSErrCodeMessageNotFound, Description: "no message found"}
	}
	body, _ := json.Marshal(resp)
	_ = msg.Respond(body)
}

// matches reports whether a subject matches a filter of tokens, * and >.
func matches(filter, subject string) bool {
	f, s := strings.Split(filter, "."), strings.Split(subject, ".")
	for i, token := range f {
		switch {
		case token == ">":
			return len(s) > i
		case i >= len(s) || token != "*" && token != s[i]:
			return false
		}
	}
	return len(f) == len(s)
}
