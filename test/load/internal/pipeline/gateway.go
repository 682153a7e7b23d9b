package pipeline

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
	"github.com/nats-io/nats.go"
)

// gateway is the sockets of one process, by chat.
type gateway struct {
	streams int
	stored  *stored

	mu    sync.RWMutex // guards chats
	chats map[string]*socket
}

// socket is one visitor's. Frames are written by whoever has one.
type socket struct {
	mu sync.Mutex // held while a frame is written
	ws *websocket.Conn
}

func (s *socket) write(frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.ws.WriteMessage(websocket.TextMessage, frame) // reading notices that it has ended
}

func runGateway(ctx context.Context, o options) error {
	nc, err := nats.Connect(o.nats)
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := layStreams(ctx, nc, o); err != nil {
		return err
	}
	g := &gateway{streams: o.streams, chats: map[string]*socket{}}
	if g.stored, err = newStored(nc); err != nil {
		return err
	}
	if _, err := nc.Subscribe("live.p.>", g.live); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/ws", g.serve)
	server := &http.Server{Handler: mux}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Println("http://" + l.Addr().String())
	_ = server.Serve(l)
	return nil
}

var upgrader = websocket.Upgrader{ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10, Subprotocols: []string{"parley.v1"}}

// serve is one visitor: every frame after the hello is a message.
func (g *gateway) serve(w http.ResponseWriter, r *http.Request) {
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.Close() }()
	if _, _, err := ws.ReadMessage(); err != nil {
		return
	}
	s, chat := &socket{ws: ws}, strings.ToLower(rand.Text())
	g.mu.Lock()
	g.chats[chat] = s
	g.mu.Unlock()
	defer func() { g.mu.Lock(); delete(g.chats, chat); g.mu.Unlock() }()
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(chat))
	in := subject(int(hash.Sum32()%uint32(g.streams)), chat, "in")
	s.write(fmt.Appendf(nil, `{"t":"welcome","chat":%q,"seq":0}`, chat))
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		var frame struct{ ID string }
		if err := json.Unmarshal(data, &frame); err != nil {
			return
		}
		err = g.stored.publish(in, data, func(seq uint64, err error) {
			if err != nil {
				_ = ws.Close()
				return
			}
			b := append(append(append([]byte(`{"t":"ack","id":"`), frame.ID...), `","seq":`...), strconv.FormatUint(seq, 10)...)
			s.write(append(b, '}'))
		})
		if err != nil {
			return
		}
	}
}

// live shows a copy to the visitor of its chat: what was stored, with its sequence.
func (g *gateway) live(m *nats.Msg) {
	tokens := strings.Split(m.Subject, ".") // live.p.<partition>.<chat>.<leaf>
	g.mu.RLock()
	s := g.chats[tokens[3]]
	g.mu.RUnlock()
	if s == nil {
		return
	}
	frame := append(append([]byte(`{"t":"event","seq":`), m.Header.Get(nats.JSSequence)...), `,"kind":"`...)
	if tokens[4] == "in" {
		frame = append(frame, `message","body":`...)
	} else {
		through, _, _ := bytes.Cut(m.Data, []byte(" "))
		frame = append(append(frame, `reply","through":`...), through...)
		m.Data = m.Data[len(through)+1:]
		frame = append(frame, `,"body":`...)
	}
	s.write(append(append(frame, m.Data...), '}'))
}
