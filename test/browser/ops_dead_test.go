package browser

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// startBot is startRole for a bot worker that the test kills itself.
func startBot(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(program, "botworker")
	cmd.Env = append(cmd.Environ(), "LOG_FORMAT=json", "NATS_URL="+url)
	said := startProcess(t, cmd)
	eventually(t, "a bot worker runs", func() (bool, string) { return strings.Contains(said.String(), `"running"`), said.String() })
	return cmd
}

// startRoles starts NATS and each role as a process of its own.
func startRoles(t *testing.T) (url string, gateway *parley, bot *exec.Cmd) {
	t.Helper()
	url = startNATS(t)
	env := []string{"NATS_URL=" + url, "DATA_DIR=" + t.TempDir()}
	gateway = startServing(t, []string{"gateway"}, env)
	startRole(t, "escalation", env...)
	startRole(t, "historyworker", env...)
	return url, gateway, startBot(t, url)
}

// deadLetter is a dead letter as a worker would write it.
type deadLetter struct {
	Role    string    `json:"role"`
	Chat    string    `json:"chat"`
	Stream  string    `json:"stream"`
	Seq     uint64    `json:"seq"`
	Subject string    `json:"subject"`
	Reason  string    `json:"reason"`
	Tries   int       `json:"tries"`
	At      time.Time `json:"at"`
	Data    string    `json:"data"`
}

// deadChat is the chat that the letters are about. deadPartition is its partition.
const deadChat = "aaaabbbbccccdddd"

func deadPartition() uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(deadChat))
	return h.Sum32() % 64
}

// rated puts events that nobody answers into the chat's stream, up to the sequence seq:
// a letter is about an event that its stream holds.
func rated(t *testing.T, url string, seq int) {
	t.Helper()
	for i := range seq {
		body := fmt.Sprintf(`{"kind":"ask","what":"rate","id":"r%d","score":5,"from":{"role":"visitor","name":"Ada"}}`, i+1)
		publish(t, url, fmt.Sprintf("chat.%d.%s.in.message", deadPartition(), deadChat), []byte(body))
	}
}

// bury puts a dead letter of the bot's into the stream of dead letters.
func bury(t *testing.T, url string, seq uint64, reason, data string) {
	t.Helper()
	body, err := json.Marshal(deadLetter{
		Role: "bot", Chat: deadChat, Stream: fmt.Sprintf("CHAT_%d", deadPartition()*8/64), Seq: seq, Subject: fmt.Sprintf("chat.%d.%s.in.message", deadPartition(), deadChat),
		Reason: reason, Tries: 5, At: time.Now().UTC(), Data: base64.StdEncoding.EncodeToString([]byte(data)),
	})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, url, fmt.Sprintf("dead.bot.%s.CHAT.%d", deadChat, seq), body)
}

// publish sends a message as a NATS client, writing the protocol by hand.
func publish(t *testing.T, url, subject string, body []byte) {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(url, "nats://"), patience)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = fmt.Fprintf(conn, "CONNECT {\"verbose\":false}\r\nPUB %s %d\r\n%s\r\nPING\r\n", subject, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	// The server answers in order: once the PONG is here, it has the message.
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	var said strings.Builder
	for piece := make([]byte, 4096); !strings.Contains(said.String(), "PONG"); {
		n, err := conn.Read(piece)
		if err != nil {
			t.Fatalf("NATS said %q: %v", said.String(), err)
		}
		said.Write(piece[:n])
	}
}

// letter is the selector of something in a dead letter's row.
func letter(number int, what string) string {
	return fmt.Sprintf(`%s[data-number="%d"] %s`, at("letter"), number, at(what))
}

func TestAKilledBotIsReportedInASentence(t *testing.T) {
	url, p, bot := startRoles(t)
	o, v := newOperator(t, p), newVisitor(t, p)
	o.operates()
	o.reads("All is well.")
	v.startAs("Ada")
	v.say("What is Parley?")
	v.answered()

	if err := bot.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	o.reads("No bot worker is running")
	o.shows(roleIs("botworker")+`[data-level="bad"][data-replicas="0"]`, "None running")
	v.say("Is anybody there?")
	o.reads("No bot worker is running: 1 message waits, for")
	o.shows(at("verdict"), "Since")
	o.shows(at("lag-bot"), "1 waiting")
	o.inBoth("no bot")
	startBot(t, url)
	o.reads("All is well.")
	v.answered()
}

func TestDeadLettersAreLookedAtReplayedAndDropped(t *testing.T) {
	url, p, _ := startRoles(t)
	o := newOperator(t, p)
	o.operates()
	o.reads("All is well.")
	o.shows(at("dead"), "no worker has given up on anything")

	words := `Why <img src=x onerror="window.__pwned = 1"> is my invoice empty?`
	event, err := json.Marshal(map[string]any{"kind": "message", "id": "c1", "from": map[string]string{"role": "visitor", "name": "Ada"}, "text": words})
	if err != nil {
		t.Fatal(err)
	}
	rated(t, url, 9)
	bury(t, url, 7, "panic: index out of range", string(event))
	bury(t, url, 8, "decode event: <b>no</b> JSON", "no JSON at all")
	bury(t, url, 9, "panic: once more", string(event))
	o.reads("There are 3 dead letters")
	o.shows(at("dead"), "panic: index out of range")
	o.inBoth("dead letters")
	o.resize(375)
	o.fits("dead letters on a phone")
	o.resize(1280)

	// Inspect one, by keyboard; the focus comes back.
	o.until("the button has the focus", `(s) => (document.querySelector(s).focus(), document.activeElement === document.querySelector(s))`, letter(1, "letter-look"))
	o.press(kb.Enter)
	o.shows(at("letter-words"), words)
	o.shows(at("letter-dialog"), "A message from Ada")
	o.shows(at("letter-reason"), "panic: index out of range")
	o.inBoth("a letter")
	o.press("\u001b")
	o.hides(at("letter-dialog"))
	o.until("the focus is back", `(s) => document.activeElement === document.querySelector(s) || document.activeElement.outerHTML`, letter(1, "letter-look"))
	o.unharmed()

	// A replay that fails keeps the letter and explains why.
	o.allow(`status of 409 .*/api/ops/dead/2/replay`)
	o.click(letter(2, "letter-replay"))
	o.shows(at("toast"), "It failed again, and is kept")
	o.shows(letter(2, "letter-look"), "Look")

	// One that succeeds removes it.
	o.click(letter(1, "letter-replay"))
	o.hides(letter(1, "letter-look"))
	o.focusIsOn(letter(2, "letter-look"))
	o.reads("There are 2 dead letters")

	// Dropping a letter takes a confirmation.
	o.click(letter(2, "letter-drop"))
	o.shows(at("drop-dialog"), "removed for good")
	o.inBoth("are you sure")
	o.click(at("drop-not"))
	o.hides(at("drop-dialog"))
	o.shows(letter(2, "letter-drop"), "Drop")
	o.click(letter(2, "letter-drop"))
	o.click(at("drop-sure"))
	o.hides(letter(2, "letter-look"))
	o.focusIsOn(letter(3, "letter-look"))
	o.reads("There is 1 dead letter")
	o.click(letter(3, "letter-drop"))
	o.click(at("drop-sure"))
	o.reads("All is well.")
	o.shows(at("dead"), "no worker has given up on anything")
	o.focusIsOn("#dead-title")
}
