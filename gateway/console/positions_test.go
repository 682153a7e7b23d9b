package console

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

func TestWhoAskedFirstIsFirstInLine(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	desk := map[chat.ID]bus.DeskEntry{
		"c": {Chat: "c", Status: chat.Waiting, Asked: at.Add(time.Minute)},
		"b": {Chat: "b", Status: chat.Waiting, Asked: at},
		"a": {Chat: "a", Status: chat.Waiting, Asked: at}, // the same instant: by id
		"l": {Chat: "l", Status: chat.Live, Asked: at.Add(-time.Hour)},
	}
	got := positions(desk, 90*time.Second)
	for id, want := range map[chat.ID]position{"a": {1, 3, 2 * time.Minute}, "b": {2, 3, 3 * time.Minute}, "c": {3, 3, 5 * time.Minute}} {
		if got[id] != want {
			t.Errorf("%s: %+v, want %+v", id, got[id], want)
		}
	}
	if _, ok := got["l"]; ok {
		t.Error("a live chat has a place in the queue")
	}
}

func TestThePaceIsSaidOnlyWhereItIsKnown(t *testing.T) {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ago := func(minutes ...int) (list []time.Time) {
		for _, m := range minutes {
			list = append(list, now.Add(-time.Duration(m)*time.Minute))
		}
		return list
	}
	for _, c := range []struct {
		taken []time.Time
		want  time.Duration
	}{
		{nil, 0},
		{ago(5, 1), 0},
		{ago(9, 5, 1), 3 * time.Minute},
		{ago(300, 200, 100), 0},
		{ago(300, 9, 5, 1), 3 * time.Minute},
	} {
		if got := pace(c.taken, now); got != c.want {
			t.Errorf("pace of %v: %v, want %v", c.taken, got, c.want)
		}
	}
}
