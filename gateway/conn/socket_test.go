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
	_ = client.SetReadDeadline(time.Now().Add(20 * time.Second))
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

func TestALargeFrameEndsTheConnection(t *testing.T) {
	s, client := conntest.Pair(t)
	if err := client.WriteMessage(websocket.TextMessage, make([]byte, conn.MaxFrame+1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(nil); !errors.Is(err, conn.ErrFrameTooBig) {
		t.Errorf("read: %v", err)
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
			if client.WriteControl(kind, nil, time.Now().Add(time.Minute)) != nil {
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
	_ = client.SetReadDeadline(time.Now().Add(time.Minute))
	_, _, err := client.ReadMessage()
	if !websocket.IsCloseError(err, conn.Refused.Code) {
		t.Errorf("the connection ended with %v, want close code %d", err, conn.Refused.Code)
	}
	<-read
	if asked != 20 || pongs != 3 {
		t.Errorf("of 100 control frames %d were counted before the end, and %d pings answered; want 20 and 3", asked, pongs)
	}
}
