package chat

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every field, once on its own and all together: a field that is added to Event or State
// and forgotten in json.go is noticed here.
func TestEventsAreWrittenAndReadAsEncodingJSONDoes(t *testing.T) {
	var all Event
	fill(reflect.ValueOf(&all).Elem())
	compare(t, all)
	compare(t, Event{})
	fields := reflect.TypeFor[Event]()
	for i := range fields.NumField() {
		var e Event
		fill(reflect.ValueOf(&e).Elem().Field(i))
		compare(t, e)
	}
	fields = reflect.TypeFor[Parts]()
	for i := range fields.NumField() {
		var p Parts
		fill(reflect.ValueOf(&p).Elem().Field(i))
		compare(t, Event{Kind: Reply, Parts: &p})
	}
	fields = reflect.TypeFor[State]()
	for i := range fields.NumField() {
		var s State
		fill(reflect.ValueOf(&s).Elem().Field(i))
		compare(t, Event{Kind: Reply, State: &s})
	}
	for i := range reflect.TypeFor[Speaker]().NumField() {
		var e Event
		fill(reflect.ValueOf(&e.From).Elem().Field(i))
		compare(t, e)
	}
}

// What Encode writes of the kinds that come with every turn is read without encoding/json.
func TestAnOrdinaryEventIsPlain(t *testing.T) {
	for _, e := range []Event{
		{Kind: Message, ID: "m1", From: Speaker{Role: RoleVisitor, Name: "Zoë"}, Text: "a\n\"b\" <c> \u2028 😀"},
		{Kind: Reply, From: Speaker{Role: RoleBot}, Text: "yes", Aside: true, State: &State{Status: WithBot, AnsweredThrough: 7, RequestsThrough: 3, Since: time.Now(), Visitor: "Zoë", Visit: 3}},
		{Kind: StateChange, From: Speaker{Role: RoleAgent, Name: "A", User: "a"}, Reason: Taken, State: &State{Status: Live, Agent: &Agent{User: "a", Name: "A"}, Asked: time.Now(), Source: "s"}},
		{Kind: Message, ID: "m2", From: Speaker{Role: RoleVisitor}, Text: "Returns", Parts: &Parts{Choice: "p1"}},
		{Kind: Reply, From: Speaker{Role: RoleBot}, Text: "30 days.", Parts: &Parts{Passage: "30 days.\n\nOr 60.", Citations: []Citation{{Title: "Returns", URL: "https://shop.example/returns"}, {Title: "B"}},
			Choices: []Choice{{Label: "Refunds", ID: "p2"}, {Label: "Talk to a person", Do: DoEscalate}}}, State: &State{AnsweredThrough: 7}},
		{Kind: Request, ID: "e", Request: LeaveEmail, From: Speaker{Role: RoleVisitor}, Parts: &Parts{Email: "ada@example.com"}},
		{Kind: Request, ID: "r", Request: Escalate, From: Speaker{Role: RoleBot}, Covers: 9},
	} {
		b, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		var read Event
		if !read.readPlain(b) {
			t.Errorf("%s is not read without encoding/json", b)
		}
	}
}

func TestAnyEventIsWrittenAndReadAsEncodingJSONDoes(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\x00\x1f\x7f\b\f\n\r\t\"\\/<>&\u2028\u2029\ufffd\u00e9😀a"))),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(t *rapid.T) {
		e := Event{
			Kind: Kind(text.Draw(t, "kind")), ID: text.Draw(t, "id"), From: Speaker{Role: Role(text.Draw(t, "role")), Name: text.Draw(t, "name")},
			Text: text.Draw(t, "text"), Score: rapid.IntRange(-1, 5).Draw(t, "score"), Covers: rapid.Uint64().Draw(t, "covers"),
		}
		if rapid.Bool().Draw(t, "state") {
			e.State = &State{
				Status: Status(text.Draw(t, "status")), AnsweredThrough: rapid.Uint64().Draw(t, "through"), Visit: rapid.Uint64Range(0, 9).Draw(t, "visit"), Visitor: text.Draw(t, "visitor"),
				Since: time.Unix(rapid.Int64Range(-1<<40, 1<<40).Draw(t, "since"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
			}
		}
		compare(t, e)
	})
}

// Whatever the bytes are, they mean what they mean to encoding/json.
func FuzzDecodeAsEncodingJSON(f *testing.F) {
	for _, s := range []string{
		`{"kind":"message","id":"m","from":{"role":"visitor","name":"\u00e9"},"text":"a\ud83d\ude00\u2028\/"}`,
		`{"kind":"reply","from":{"role":"bot"},"text":"x","state":{"status":"bot","agent":{"user":"u","name":"n"},"through":12,"since":"2026-01-02T03:04:05.6Z","handover":true},"reason":"taken"}`,
		`{"kind":"reply","state":{"through":1},"state":{"asks":2},"text":"a","text":"b"}`, `{"KIND":"x"}`, `{"kind":null}`, ` {}`, `{}x`, `{"text":"\ud800"}`, `{"text":"\ud800\u0041"}`, "{\"text\":\"\xff\"}",
		`{"sources":[]}`, `{"sources":[{"title":"a"}],"sources":[{"url":"b"}]}`, `{"choices":[{"label":"a","do":"x"},]}`, `{"choices":null,"choice":"c"}`, `{"Parts":{"passage":"m"}}`, `{"covers":01}`, `{"covers":18446744073709551615}`, `{"covers":18446744073709551616}`, `{"covers":1.0}`, `{"covers":-1}`, `{"score":3}`, `{"aside":tru}`, `{"text":"` + "\n" + `"}`, `{"kind":"a",}`, `{,"kind":"a"}`, `{"kind":"a"`, `{"state":{"since":"x"}}`, `{"text":"\x"}`, `{"text":"\`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var plain, want Event
		if !plain.readPlain(data) {
			return
		}
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatalf("%q was read, although it is not valid: %v", data, err)
		}
		if !reflect.DeepEqual(plain, want) {
			t.Fatalf("%q was read as %+v, want %+v", data, plain, want)
		}
	})
}

// compare writes and reads the event in both ways.
func compare(t interface{ Fatalf(string, ...any) }, e Event) {
	want, wantErr := json.Marshal(e)
	got, ok := e.AppendJSON(nil)
	if ok != (wantErr == nil) || ok && string(got) != string(want) {
		t.Fatalf("wrote %s (%v), want %s (%v)", got, ok, want, wantErr)
	}
	if !ok {
		return
	}
	var read, wantRead Event
	if err := json.Unmarshal(want, &wantRead); err != nil {
		t.Fatalf("read %s: %v", want, err)
	}
	if read.readPlain(want) && !reflect.DeepEqual(read, wantRead) {
		t.Fatalf("read %+v, want %+v", read, wantRead)
	}
}

// fill sets all that can be set to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("é<\n" + strings.ToLower(v.Type().Name()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint64:
		v.SetUint(1 << 60)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
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

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	e := benchEvent()
	for b.Loop() {
		if _, err := e.Encode(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	data, err := benchEvent().Encode()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Decode(data, "abcdefghijklmnop", 7, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodingJSONDecode(b *testing.B) {
	b.ReportAllocs()
	data, err := benchEvent().Encode()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var e Event
		if err := json.Unmarshal(data, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func benchEvent() Event {
	return Event{
		Kind: Reply, From: Speaker{Role: RoleBot, Name: "Parley bot"}, Text: strings.Repeat("An answer of some length. ", 8),
		State: &State{AnsweredThrough: 123456, Since: time.Date(2026, 11, 29, 21, 0, 0, 123456789, time.UTC), Visitor: "Visitor 7"},
	}
}
