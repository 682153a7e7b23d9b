package roles_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/plainjson"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestPagesAreWrittenAndReadAsEncodingJSONDoes(t *testing.T) {
	id, at := chat.NewID(), time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	said := chat.Event{Chat: id, Seq: 7, At: at, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "a <b> \"c\""}
	reply := chat.Event{
		Chat: id, Seq: 8, At: at, Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "d",
		State: &chat.State{Status: chat.WithBot, AnsweredThrough: 7, Visitor: "Ada", Since: at},
	}
	note := chat.Event{Chat: id, Seq: 9, At: at, Kind: chat.Note, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"}, Text: "e"}
	for _, page := range []roles.PageReply{
		{Events: []chat.Event{}},
		{Events: []chat.Event{said}, Prev: 3},
		{Events: []chat.Event{said, reply, note}, Prev: 1 << 53},
	} {
		want, err := json.Marshal(page)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := page.AppendJSON(nil)
		if !ok || string(got) != string(want) {
			t.Errorf("written as %s (%v), want %s", got, ok, want)
		}
		var read roles.PageReply
		r := plainjson.Read(want)
		if read.ReadPlain(&r); !r.Done() || !reflect.DeepEqual(read, page) {
			t.Errorf("%s is read as %+v (plain: %v)", want, read, r.Done())
		}
	}
	for _, data := range []string{``, `{`, `{"events":[`, `{"events":[{}`, `{"events":[{},]}`, `{"events":[,{}]}`, `{"events":{}}`, `{"events":null}`, `{"more":1}`, `{"events":[]}x`, `{"prev":-1}`} {
		var read roles.PageReply
		r := plainjson.Read([]byte(data))
		if read.ReadPlain(&r); r.Done() {
			t.Errorf("%q counts as plain", data)
		}
	}
}
