package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// question is what everybody asks.
const question = "How do I put the chat on my own site?"

// visitors has n visitors talk, each from an address of its own, with a pause
// between an answer and the next question. They do what docs/protocol.md asks of
// a client: wait when told, connect again, send again with the same id. wait
// returns when all have gone, which is soon after the context ended.
func visitors(ctx context.Context, base string, t *tally, name string, n int, between time.Duration) (wait func()) {
	var wg sync.WaitGroup
	for i := range n {
		v := &visitor{base: base, n: i, t: t, between: between, name: fmt.Sprintf("%s %d", name, i), token: "claim:" + rand.Text()}
		wg.Go(func() { v.talk(ctx) })
	}
	return wg.Wait
}

// visitor is one of the served.
type visitor struct {
	base, name, token string
	n                 int
	t                 *tally
	between           time.Duration

	since uint64 // the last event seen
	id    string // of the question that is open
	asked time.Time
	seq   uint64 // of the question, once acknowledged
}

func (v *visitor) talk(ctx context.Context) {
	pause(ctx, time.Duration(mrand.Int64N(int64(v.between)+1)))
	for try := 0; ctx.Err() == nil; try++ {
		if v.connection(ctx) {
			try = 0
		}
		pause(ctx, time.Duration(20+mrand.IntN(100*min(try+1, 20)))*time.Millisecond)
	}
}

// connection talks until the connection ends. It reports whether it was let in.
func (v *visitor) connection(ctx context.Context) (in bool) {
	ws, err := dial(ctx, v.base, address(1, v.n))
	if err != nil {
		if ctx.Err() == nil {
			v.t.refused(end(err))
		}
		return false
	}
	defer func() { _ = ws.Close() }()
	defer context.AfterFunc(ctx, func() { _ = ws.Close() })()
	hello := func() error {
		return ws.WriteJSON(map[string]any{"t": "hello", "name": v.name, "token": v.token, "since": v.since})
	}
	if hello() != nil {
		return false
	}
	for {
		f, err := v.next(ws)
		switch {
		case err != nil:
			if ctx.Err() == nil {
				v.t.refused(end(err))
			}
			return in
		case f.T == "error":
			pause(ctx, time.Duration(f.Retry)*time.Millisecond)
			if !in && hello() != nil || in && v.ask(ws, true) != nil {
				return in
			}
		case f.T == "welcome":
			in, v.token = true, f.Token
			if v.ask(ws, v.id != "") != nil {
				return in
			}
		case v.id != "" && v.seq > 0 && f.Through >= v.seq:
			v.t.reply(time.Since(v.asked))
			v.id = ""
			pause(ctx, v.between)
			if v.ask(ws, false) != nil {
				return in
			}
		}
	}
}

// next reads a frame and keeps what has to be kept of it.
func (v *visitor) next(ws *websocket.Conn) (heard, error) {
	var f heard
	_, data, err := ws.ReadMessage()
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	switch {
	case err != nil:
	case f.T == "error":
		v.t.refused(f.Code)
	case f.T == "event":
		v.since = f.Seq
		if f.ID == v.id && v.id != "" {
			v.seq = f.Seq
		}
	case f.T == "ack" && f.ID == v.id:
		v.seq = f.Seq
	}
	return f, err
}

// ask sends the open question again, or a new one.
func (v *visitor) ask(ws *websocket.Conn, again bool) error {
	if v.id == "" {
		v.id, v.asked, v.seq, again = rand.Text(), time.Now(), 0, false
	}
	if v.seq > 0 {
		return nil // acknowledged: its answer will come
	}
	return ws.WriteJSON(map[string]any{"t": "send", "id": v.id, "text": question, "again": again})
}
