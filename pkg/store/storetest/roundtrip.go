package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// everyField fills the event by reflection, so that a field that is added to
// chat.Event later is checked from that day.
func everyField(t *testing.T, s store.Store) {
	var e chat.Event
	n := 0
	fill(t, reflect.ValueOf(&e).Elem(), "event", &n)
	e.Chat, e.Kind, e.Raw = chat.NewID(), chat.Say, ""
	bare := chat.Event{Chat: e.Chat, Seq: e.Seq + 1, At: e.At, Kind: chat.Reply, State: &chat.State{}}
	put(t, s, e, bare)
	// These are never stored: what an event travels with, and where its visitor is.
	state := *e.State
	e.Trace, e.Source, e.Why, state.Source = "", "", nil, ""
	e.State = &state
	sameEvents(t, "the log", all(t, s, e.Chat), []chat.Event{e, bare})
	got, err := s.Find(limited(t), e.Chat, e.From.Role, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was found", got, e)
}

// fill gives every field a value of its own that is not the zero value.
func fill(t *testing.T, v reflect.Value, name string, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(start.Add(time.Duration(*n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s %d", name, *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint64:
		v.SetUint(1<<62 + uint64(*n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(t, v.Index(i), name, n)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), name, n)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Field(i).Name, n)
		}
	default:
		t.Fatalf("%s is a %s: teach this test to fill it", name, v.Kind())
	}
}

// asItCame puts events with the JSON that the stream has of them, which a store may keep.
func asItCame(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := []chat.Event{message(id, 1, "hello"), reply(id, 2, "hi"), taken(id, 3)}
	log[2].State.Source = "where the visitor is"
	var raw []chat.Event
	for _, e := range log {
		data, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		e.Raw = string(data)
		raw = append(raw, e)
	}
	put(t, s, raw...)
	state := *log[2].State
	state.Source = ""
	log[2].State = &state
	sameEvents(t, "the log", all(t, s, id), log)
	got, err := s.LastOut(limited(t), id)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the last event with a state", got, log[2])
}

func exactTimes(t *testing.T, s store.Store) {
	id := chat.NewID()
	var log []chat.Event
	for i, when := range []time.Time{
		time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC),
		time.Date(2026, 2, 28, 23, 59, 59, 999999999, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 1, time.UTC),
		time.Date(2261, 1, 1, 0, 0, 0, 123456789, time.UTC),
	} {
		e := taken(id, uint64(i+1))
		e.At, e.State.Since, e.State.Asked = when, when.Add(1), when.Add(2)
		log = append(log, e)
	}
	put(t, s, log...)
	sameEvents(t, "the log", all(t, s, id), log)
	same(t, "the summary's time", summary(t, s).At, log[len(log)-1].At)

	elsewhere := taken(id, 100)
	elsewhere.At = elsewhere.At.In(time.FixedZone("UTC+5:45", 20700))
	put(t, s, elsewhere)
	got := page(t, s, store.PageQuery{Chat: id, Limit: 1}).Events[0].At
	same(t, "a time of another zone", got, elsewhere.At.UTC())
}

// hostile are strings that were chosen to break something.
var hostile = map[string]string{
	"joined emoji":      "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👍🏽 🏳️‍🌈",
	"right to left":     "שלום \u202eevil\u202c مرحبا \u200f!",
	"combining marks":   "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!",
	"not normalised":    "e\u0301 é \u1100\u1161 가 ﬃ K Å",
	"four bytes":        strings.Repeat("𝄞", chat.MaxText),
	"HTML":              `<script>alert("x")</script><img src=x onerror='a&amp;b'> <!-- ]]>`,
	"quotes":            "'; DROP TABLE events; -- \" ` \\' \\\" \\0 \\u0000",
	"operators":         "$where $gt {$ne: null} a.b.c $ .",
	"an object":         `{"$oid":"65f000000000000000000000","$date":1}`,
	"a number":          "0123",
	"null":              "null",
	"a format":          "%s %d %!v(MISSING) %n {{.}} ${HOME} {0}",
	"subject wildcards": "chat.*.> $JS.API.>",
	"white space":       "\t\r\n\u00a0\u2028\u2029\u3000 end \n",
	"invisible":         "\u200b\u2060\ufeff\u00ad\U000e0001",
	"not characters":    "\ufffe\uffff\U0010ffff\ufffd",
	"Markdown":          "[x](javascript:alert(1)) ![y](data:text/html,z) `code`",
}

func hostileStrings(t *testing.T, s store.Store) {
	id := chat.NewID()
	var log []chat.Event
	for name, str := range hostile {
		seq := uint64(len(log) + 1)
		e := taken(id, seq)
		e.Kind, e.ID, e.Text = chat.Say, fmt.Sprint("id ", name), str
		e.From = chat.Speaker{Role: chat.RoleAgent, Name: str, User: str}
		e.Reason, e.Request = chat.Reason(str), chat.RequestKind(str)
		e.State.Visitor, e.State.Agent = str, &chat.Agent{User: str, Name: str}
		log = append(log, e)
	}
	put(t, s, log...)
	sameEvents(t, "the log", all(t, s, id), log)
	for _, e := range log {
		alone := e
		alone.Chat, alone.Text, alone.ID = chat.NewID(), "", e.Text[:min(len(e.Text), chat.MaxClientID)]
		if strings.ToValidUTF8(alone.ID, "") != alone.ID {
			continue // cut through a character
		}
		put(t, s, alone)
		got, err := s.Find(limited(t), alone.Chat, chat.RoleAgent, alone.ID)
		if err != nil {
			t.Fatalf("find the id %q: %v", alone.ID, err)
		}
		same(t, "what was found by a hostile id", got, alone)
	}

	// Refused long before a store: it need not be kept, but nothing may break.
	nul := message(id, 1000, "a\x00b")
	broken := message(id, 1001, "a\xff\xfe\xc3(b")
	for _, e := range []chat.Event{nul, broken} {
		if err := s.Put(limited(t), []chat.Event{e}); err != nil {
			t.Logf("the text %q is refused: %v", e.Text, err)
		}
	}
	after := message(id, 1002, "after it")
	put(t, s, after)
	same(t, "the last event", page(t, s, store.PageQuery{Chat: id, Limit: 1}).Events[0], after)
}
