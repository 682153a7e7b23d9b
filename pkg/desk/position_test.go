package desk

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestFirstComeIsFirstInLine(t *testing.T) {
	entries := []Entry{
		{Chat: "c", Status: chat.Waiting, Asked: noon.Add(time.Minute)},
		{Chat: "b", Status: chat.Waiting, Asked: noon},
		{Chat: "a", Status: chat.Waiting, Asked: noon}, // the same instant: by id
		{Chat: "l", Status: chat.Live, Asked: noon.Add(-time.Hour)},
	}
	got := Positions(entries, 90*time.Second)
	for id, want := range map[chat.ID]Position{"a": {1, 3, 2 * time.Minute, false, false}, "b": {2, 3, 3 * time.Minute, false, false}, "c": {3, 3, 5 * time.Minute, false, false}} {
		if got[id] != want {
			t.Errorf("%s: %+v, want %+v", id, got[id], want)
		}
	}
	if _, ok := got["l"]; ok {
		t.Error("a live chat has a position in the queue")
	}
}

func TestThePaceIsOnlyGivenIfItIsKnown(t *testing.T) {
	ago := func(minutes ...int) (list []time.Time) {
		for _, m := range minutes {
			list = append(list, noon.Add(-time.Duration(m)*time.Minute))
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
		if got := Pace(c.taken, noon); got != c.want {
			t.Errorf("pace of %v: %v, want %v", c.taken, got, c.want)
		}
	}
}
