package frame

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Each field once on its own, and all together: a field that is added to Event, Page or Ack and
// forgotten in append.go is noticed here.
func TestHotFramesAreWrittenAsEncodingJSONDoes(t *testing.T) {
	var all Event
	fill(reflect.ValueOf(&all).Elem())
	events := []Event{{}, all}
	for i := range reflect.TypeFor[Event]().NumField() {
		var f Event
		fill(reflect.ValueOf(&f).Elem().Field(i))
		events = append(events, f)
	}
	for i := range reflect.TypeFor[Speaker]().NumField() {
		var f Event
		fill(reflect.ValueOf(&f.From).Elem().Field(i))
		events = append(events, f)
	}
	for _, f := range events {
		got, ok := f.appendJSON(nil)
		if want := Encode(f); !ok || string(got) != string(want) {
			t.Errorf("wrote %s, want %s", got, want)
		}
	}
	var page Page
	fill(reflect.ValueOf(&page).Elem())
	page.Events = events
	pages := []Page{page, {Events: []Event{}}, {Events: []Event{all}}}
	for i := range reflect.TypeFor[Page]().NumField() {
		p := Page{}
		fill(reflect.ValueOf(&p).Elem().Field(i))
		if p.Events == nil {
			p.Events = []Event{}
		}
		pages = append(pages, p)
	}
	for _, p := range pages {
		got, ok := p.appendJSON(nil)
		if want := Encode(p); !ok || string(got) != string(want) {
			t.Errorf("wrote %s, want %s", got, want)
		}
	}
	for _, f := range []Ack{{}, {T: "ack", ID: `"<é`, Seq: 1 << 63}} {
		if got, want := f.appendJSON(nil), Encode(f); string(got) != string(want) {
			t.Errorf("wrote %s, want %s", got, want)
		}
	}
}

// What the pages send all the time is read without encoding/json.
func TestOrdinaryFramesArePlain(t *testing.T) {
	for _, s := range []string{
		`{"t":"send","id":"m1","text":"Zoë\n\"quoted\" \ud83d\ude00"}`, `{"t":"send","id":"m1","text":"x","again":true}`, `{"t":"send","id":"m1","text":"x","choice":"p-1"}`,
		`{"t":"typing","on":true}`, `{"t":"typing","on":false,"chat":"abcdefghijklmnop"}`, `{"t":"read","seq":12}`, "{\"t\":\"read\",\"seq\":12}\n",
	} {
		if !new(In).readPlain([]byte(s)) {
			t.Errorf("%s is not read without encoding/json", s)
		}
	}
}

// Whatever a client sends means what it means to encoding/json, after the checks that stand
// before that.
func FuzzParseAsEncodingJSON(f *testing.F) {
	for _, s := range []string{
		`{"t":"send","id":"m1","text":"\ud83d\ude00\u2028"}`, `{"t":"send","T":"read"}`, `{"t":"send","text":"a","text":"b"}`, `{"t":"read","seq":18446744073709551616}`,
		`{"t":"typing","on":true}`, `{"t":"send","text":"\ud83d"}`, "{\"t\":\"send\",\"text\":\"\xff\"}", `{"t":"hello","since":1}`, `{"t":"send","again":null}`, `{"t":"nothing"}`, `{"t":"send","id":"m","text":"x","choice":"\u00e9"}`, `{"t":"send" }`,
		`{"t":"read","t":"nothing","seq":1}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var plain, want In
		if !plain.readPlain(data) {
			return
		}
		if loneSurrogate(data) {
			t.Fatalf("%q was read, although it holds half a character", data)
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%q was read, although it is not valid: %v", data, err)
		}
		want.Kind = kindOf(want.T)
		if !reflect.DeepEqual(plain, want) {
			t.Fatalf("%q was read as %+v, want %+v", data, plain, want)
		}
	})
}

// Every text arrives as it is, in the bytes of encoding/json.
func FuzzTextIsEscapedAsEncodingJSONDoes(f *testing.F) {
	for _, s := range []string{"a\u2028\u2029<>&\"\\/", "\x00\x1f\x7f\b\f\n\r\t", "\xff\xed\xa0\x80 half", "😀 é \ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := chat.Event{Seq: 7, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: text}, Text: text}
		if got, want := EncodeEvent(e, 3, true), Encode(EventOf(e, 3, true)); string(got) != string(want) {
			t.Fatalf("wrote %s, want %s", got, want)
		}
	})
}

// fill sets all that can be set to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("é<\n" + strings.ToLower(v.Type().Name()))
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64:
		v.SetUint(1 << 60)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(1))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 11, 29, 21, 0, 0, 120_000_000, time.UTC)))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a field of a kind that this test can't fill: " + v.Kind().String())
	}
}

func BenchmarkFrameIn(b *testing.B) {
	b.ReportAllocs()
	data := []byte(`{"t":"send","id":"abcdefghijklmnopqrst","text":"How do I put the chat on my own site?"}`)
	for b.Loop() {
		f, err := Parse(data)
		if err == nil {
			err = f.Check()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFrameOut(b *testing.B) {
	e := chat.Event{
		Seq: 123456, At: time.Date(2026, 11, 29, 21, 0, 0, 123456789, time.UTC), Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot, Name: "Parley bot"},
		Text: strings.Repeat("An answer of some length. ", 8), State: &chat.State{AnsweredThrough: 123455},
	}
	for _, c := range []struct {
		name   string
		encode func()
	}{
		{"event", func() { EncodeEvent(e, 123455, false) }},
		{"ack", func() { EncodeAck("abcdefghijklmnopqrst", 123456) }},
		{"page", func() { Encode(Page{T: "page", ID: "p", Events: []Event{EventOf(e, 123455, false)}}) }}, // with encoding/json
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.encode()
			}
		})
	}
}
