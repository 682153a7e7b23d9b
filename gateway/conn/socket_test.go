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
