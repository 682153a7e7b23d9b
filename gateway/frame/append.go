package frame

import (
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/plainjson"
)

// The frames that come with every message are written without reflection, in the bytes
// that json.Marshal would make of them, which the tests compare.

// frameRest is about how long the frame of an event is beside its text.
const frameRest = 208

// EncodeEvent returns the frame that EventOf describes.
func EncodeEvent(e chat.Event, prev uint64, forAgent bool) []byte {
	f := EventOf(e, prev, forAgent)
	b, ok := f.appendJSON(make([]byte, 0, len(e.Text)+e.Parts.Size()+frameRest))
	if !ok {
		return Encode(f) // which says what is wrong with it
	}
	return b
}

// EncodePage returns the frame of a page.
func EncodePage(p Page) []byte {
	size := frameRest
	for i := range p.Events {
		size += len(p.Events[i].Text) + p.Events[i].Parts.Size() + frameRest
	}
	b, ok := p.appendJSON(make([]byte, 0, size))
	if !ok {
		return Encode(p) // which says what is wrong with it
	}
	return b
}

// appendJSON returns false if there is a time outside of what JSON can express.
func (p *Page) appendJSON(b []byte) (_ []byte, ok bool) {
	b = plainjson.AppendString(append(b, `{"t":`...), p.T)
	b = plainjson.AppendString(append(b, `,"id":`...), p.ID)
	b = plainjson.AppendMember(b, `,"chat":`, string(p.Chat))
	b, ok = append(b, `,"events":[`...), p.Events != nil
	for i := range p.Events {
		if i > 0 {
			b = append(b, ',')
		}
		var fine bool
		b, fine = p.Events[i].appendJSON(b)
		ok = ok && fine
	}
	b = strconv.AppendBool(append(b, `],"more":`...), p.More)
	return append(b, '}'), ok
}

// EncodeAck returns the frame that acknowledges the one with that client id.
func EncodeAck(id string, seq uint64) []byte {
	return Ack{T: "ack", ID: id, Seq: seq}.appendJSON(make([]byte, 0, len(id)+48))
}

func (f Ack) appendJSON(b []byte) []byte {
	b = plainjson.AppendString(append(b, `{"t":`...), f.T)
	b = plainjson.AppendString(append(b, `,"id":`...), f.ID)
	if f.Seq != 0 {
		b = strconv.AppendUint(append(b, `,"seq":`...), f.Seq, 10)
	}
	return append(b, '}')
}

// appendJSON returns false if the time is outside of what JSON can express.
func (f *Event) appendJSON(b []byte) (_ []byte, ok bool) {
	b = append(b, '{')
	if f.T != "" {
		b = append(plainjson.AppendString(append(b, `"t":`...), f.T), ',')
	}
	if f.Chat != "" {
		b = append(plainjson.AppendString(append(b, `"chat":`...), string(f.Chat)), ',')
	}
	b = strconv.AppendUint(append(b, `"seq":`...), f.Seq, 10)
	b = strconv.AppendUint(append(b, `,"prev":`...), f.Prev, 10)
	b, err := f.At.AppendText(append(b, `,"at":"`...))
	b = plainjson.AppendString(append(b, `","kind":`...), string(f.Kind))
	b = plainjson.AppendMember(b, `,"id":`, f.ID)
	b = plainjson.AppendString(append(b, `,"from":{"role":`...), string(f.From.Role))
	b = plainjson.AppendMember(b, `,"name":`, f.From.Name)
	b = append(plainjson.AppendMember(b, `,"user":`, f.From.User), '}')
	b = plainjson.AppendMember(b, `,"text":`, f.Text)
	b = f.Parts.AppendMembers(b)
	b = plainjson.AppendMember(b, `,"what":`, string(f.Request))
	if f.Score != 0 {
		b = strconv.AppendInt(append(b, `,"score":`...), int64(f.Score), 10)
	}
	b = plainjson.AppendMember(b, `,"status":`, string(f.Status))
	b = plainjson.AppendMember(b, `,"agent":`, f.Agent)
	b = plainjson.AppendMember(b, `,"reason":`, string(f.Reason))
	b = plainjson.AppendMember(b, `,"called":`, f.Called)
	if f.Through != 0 {
		b = strconv.AppendUint(append(b, `,"through":`...), f.Through, 10)
	}
	if f.Visit != 0 {
		b = strconv.AppendUint(append(b, `,"visit":`...), f.Visit, 10)
	}
	if err == nil && !f.Until.IsZero() {
		b, err = f.Until.AppendText(append(b, `,"until":"`...))
		b = append(b, '"')
	}
	return append(b, '}'), err == nil
}

// readPlain reads a frame as the pages write those that come often, and returns false if it
// is written otherwise, or has other fields.
func (f *In) readPlain(data []byte) bool {
	r := plainjson.Read(data)
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "t":
			f.Kind = kindOf(r.Raw())
			f.T = f.Kind.Name
		case "id":
			f.ID = r.String()
		case "chat":
			f.Chat = r.String()
		case "text":
			f.Text = r.String()
		case "choice":
			f.Choice = r.String()
		case "again":
			f.Again = r.Bool()
		case "on":
			f.On = r.Bool()
		case "writes":
			f.Writes = r.Bool()
		case "seen":
			f.Seen = r.Uint()
		case "seq":
			f.Seq = r.Uint()
		default:
			r.Fail()
		}
	}
	return r.Done() && f.T != "" && f.Kind != &unknown
}
