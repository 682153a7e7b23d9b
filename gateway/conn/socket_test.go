package conn_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
)

func TestAClientThatReadsTooSlowlyIsDisconnected(t *testing.T) {
	s, client := conntest.Pair(t)
	frame := bytes.Repeat([]byte("x"), 64<<10)
	for range 1000 { // more than the queue and the kernel's buffers hold
		s.Send(frame)
	}
	_ = client.SetReadDeadline(time.Now().Add(3 * time.Minute))
	for {
		_, _, err := client.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != conn.TooSlow.Code {
			t.Errorf("the connection ended with %v, want close code %d", err, conn.TooSlow.Code)
		}
		return
	}
}

// A connection that is closed while something is unread is reset, and a reset takes away
// what the client has not received yet.
func TestWhyAConnectionEndsReachesAClientThatKeepsSending(t *testing.T) {
	s, client := conntest.Pair(t)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		frame := make([]byte, conn.MaxFrame)
		for client.WriteMessage(websocket.TextMessage, frame) == nil { // nobody reads them
			continue
		}
	}()
	const frames = 31 // what is on the way is more than what a client receives unread
	for range frames {
		s.Send(make([]byte, 64<<10))
	}
	s.Close(conn.Refused)
	_ = client.SetReadDeadline(time.Now().Add(3 * time.Minute))
	for i := range frames {
		if _, _, err := client.ReadMessage(); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	if _, _, err := client.ReadMessage(); !websocket.IsCloseError(err, conn.Refused.Code) {
		t.Errorf("the connection ended with %v, want close code %d", err, conn.Refused.Code)
	}
	s.Abort()
	<-sent
}

func TestALargeFrameEndsTheConnection(t *testing.T) {
	whole := func(c *websocket.Conn) error { // in one piece, as browsers do
		m, err := websocket.NewPreparedMessage(websocket.TextMessage, make([]byte, 16*conn.MaxFrame))
		if err != nil {
			return err
		}
		return c.WritePreparedMessage(m)
	}
	pieces := func(c *websocket.Conn) error {
		return c.WriteMessage(websocket.TextMessage, make([]byte, 16*conn.MaxFrame))
	}
	for name, send := range map[string]func(*websocket.Conn) error{"whole": whole, "in pieces": pieces} {
		t.Run(name, func(t *testing.T) {
			s, client := conntest.Pair(t)
			sent := make(chan error, 1)
			go func() { sent <- send(client) }()
			read := make(chan error, 1)
			go func() {
				_, err := s.Read(nil)
				s.Abort()
				read <- err
			}()
			if err := <-sent; err != nil {
				t.Errorf("sent: %v", err)
			}
			_ = client.SetReadDeadline(time.Now().Add(3 * time.Minute))
			if _, _, err := client.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseMessageTooBig) {
				t.Errorf("the connection ended with %v, want close code %d", err, websocket.CloseMessageTooBig)
			}
			_ = client.Close()
			if err := <-read; !errors.Is(err, conn.ErrFrameTooBig) {
				t.Errorf("read: %v", err)
			}
		})
	}
}

// Each ping costs an answer, and no frame that could be counted comes of it.
func TestPingsAreMetered(t *testing.T) {
	s, client := conntest.Pair(t)
	asked, pongs := 0, 0
	s.Meter(func() (answer, end bool) {
		asked++
		return asked <= 5, asked == 20
	})
	client.SetPongHandler(func(string) error { pongs++; return nil })
	go func() {
		for i := range 100 {
			kind := websocket.PingMessage
			if i%2 == 1 {
				kind = websocket.PongMessage // of no ping
			}
			if client.WriteControl(kind, nil, time.Now().Add(3*time.Minute)) != nil {
				return
			}
		}
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		for {
			if _, err := s.Read(nil); err != nil {
				return
			}
		}
	}()
	_ = client.SetReadDeadline(time.Now().Add(3 * time.Minute))
	_, _, err := client.ReadMessage()
	if !websocket.IsCloseError(err, conn.Refused.Code) {
		t.Errorf("the connection ended with %v, want close code %d", err, conn.Refused.Code)
	}
	<-read
	if asked != 20 || pongs != 3 {
		t.Errorf("of 100 control frames %d were counted before the end, and %d pings answered; want 20 and 3", asked, pongs)
	}
}
