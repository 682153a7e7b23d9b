package console

import (
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

func TestAFullDeskLocksNobodyOut(t *testing.T) {
	bc := bustest.Conn(t)
	b, err := NewBoard(t.Context(), bus.NewRegions(bc, ""), func(chat.ID, frame.Signal) {}, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	all, who := signedIn(t, bc, nil)
	for range 8000 { // more than a queue of frames may hold in bytes
		id := chat.NewID()
		b.mirror.List(desk.Entry{Chat: id, Name: strings.Repeat("<", 64), Status: chat.Waiting})
	}
	s, c := conntest.Pair(t)
	ann, _ := NewRevocation(all, b.Renamed).Keep(s, who)
	defer b.Attend(t.Context(), ann, s)()
	_ = c.SetReadDeadline(time.Now().Add(bustest.Patience))
	if _, _, err := c.ReadMessage(); err != nil {
		t.Errorf("a console that comes to a full desk reads %v", err)
	}
}
