package answer

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/language"
	"github.com/parley-chat/parley/pkg/chat"
)

type quiet struct{}

func (quiet) Delta(string) {}
func (quiet) Restart()     {}

func shop(tb testing.TB) *knowledge.Index {
	tb.Helper()
	folder := fstest.MapFS{}
	for name, text := range map[string]string{
		"returns.md":  "# Returns_and *refunds*\n\n## How long\n\nYou can return shoes within 30 days. Keep the `receipt`.\n\n## Refund\n\nThe refund reaches your bank account within a week.",
		"delivery.md": "# Delivery\n\n## Time\n\nParcels arrive after two working days.\n\n- Monday: early\n- Friday: late\n\n## Countries\n\nWe deliver to France, Spain and Portugal.",
		"code.md":     "# Orders by program\n\n## API\n\nSend it:\n\n```\nPOST /orders\n```",
	} {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	ix, err := knowledge.Load(context.Background(), folder)
	if err != nil {
		tb.Fatal(err)
	}
	return ix
}

func messages(texts ...string) Question {
	q := Question{Chat: chat.NewID(), Visitor: "Ada"}
	for i, t := range texts {
		q.Inputs = append(q.Inputs, chat.Event{Chat: q.Chat, Seq: uint64(i + 1), Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: t})
	}
	return q
}

func think(tb testing.TB, th Thinker, q Question) Answer {
	tb.Helper()
	a, err := th.Think(context.Background(), q, quiet{})
	if err != nil {
		tb.Fatalf("%+v: %v", q, err)
	}
	if err := a.Parts.CheckParts(); err != nil {
		tb.Fatalf("%+v: %v", a.Parts, err)
	}
	if clean, err := chat.CleanText(a.Text); err != nil || clean != a.Text {
		tb.Fatalf("an answer that can't be sent: %q, %v", a.Text, err)
	}
	return a
}

func TestAPassageIsQuotedAndItsPageNamed(t *testing.T) {
	th := FromKnowledge(shop(t))
	got := think(t, th, messages("how long do I have to return my shoes?"))
	want := "You can return shoes within 30 days. Keep the `receipt`."
	if got.Text != want || got.Handover || got.Parts.Passage != "" || len(got.Parts.Citations) != 1 || got.Parts.Citations[0] != (chat.Citation{Title: "Returns_and refunds: How long"}) {
		t.Errorf("got %q, %+v", got.Text, got.Parts)
	}
	if got := think(t, th, messages("which working days do parcels arrive")); got.Text != "Parcels arrive after two working days." || got.Parts.Passage != "Parcels arrive after two working days.\n\n- Monday: early\n- Friday: late" {
		t.Errorf("the sentence that answers, and the rest behind it: %q, %+v", got.Text, got.Parts)
	}
	if got := think(t, th, messages("orders api program")).Text; !strings.Contains(got, "```\nPOST /orders\n```") {
		t.Errorf("code is quoted as code: %q", got)
	}
}

func TestTheBotSaysWhenItDoesNotKnow(t *testing.T) {
	th := FromKnowledge(shop(t))
	for _, text := range []string{"who won the world cup?", "func main() { panic(1) }", "0xdeadbeef", "the of and"} {
		if got := think(t, th, messages(text)); got.Text != unknown || got.Handover || !offersTalk(got) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// A visitor may write in another language than that of the pages, or in anger.
func TestTheBotSaysThatItDoesNotKnowInTheVisitorsLanguage(t *testing.T) {
	th := FromKnowledge(shop(t))
	for text, want := range map[string]string{
		"wie wird das wetter?": "Ich bin ein Bot", "Können Sie mir bitte sagen, wo Sie sind?": "Ich bin ein Bot",
		"Pouvez-vous me dire où est mon chat ?": "Je suis un robot", "¿cuánto cuesta el envío?": "Soy un bot", "quanto costa il gatto, per favore?": "Sono un bot",
		"I hate all of it": said[upset], "this is so damn complicated": said[upset],
		"no": said[reaction], "no mountains, no cry": unknown, "come, pour me a drink": unknown, "hat": unknown, "Xantippe Sommer": unknown, "πού είναι;": unknown, "איפה אתם?": unknown,
		"vocês têm gatos?": "Sou um bot", "waar is mijn kat?": "Ik ben een bot", "gdzie jest mój kot?": "Jestem botem", "kde je moje kočka?": "Jsem bot", "var är min katt?": "Jag är en bot", "hvornår kommer min kat?": "Jeg er en bot",
		"missä minun kissani on?": "Olen botti", "benim kedim nerede?": "Ben bir botum", "какая погода завтра": "Я бот, и на моих страницах", "де мій кіт?": "Я бот, і на моїх", "هل تبيعون القطط": "أنا روبوت", "मेरी बिल्ली कहाँ है?": "मैं एक बॉट",
		"你们卖猫吗？": "我是机器人", "猫": "我是机器人", "明日の天気は?": "私はボットです", "고양이를 파나요?": "저는 봇이며",
	} {
		got := think(t, th, messages(text))
		if !strings.HasPrefix(got.Text, want) || got.Handover {
			t.Errorf("%q: %+v", text, got)
		}
		if text != "no" && !offersTalk(got) {
			t.Errorf("%q: no person is offered: %q", text, got.Text)
		}
	}
	// An angry question is answered.
	if got := think(t, th, messages("damn, how long do I have to return these terrible shoes?")).Text; !strings.Contains(got, "30 days") {
		t.Errorf("got %q", got)
	}
}

// Whoever has set up pages in another language has visitors who write a word or two of it.
func TestTheBotSpeaksTheLanguageOfThePagesIfAQuestionDoesNotTell(t *testing.T) {
	ix, err := knowledge.Load(context.Background(), fstest.MapFS{"versand.md": {Data: []byte("# Versand\n\n## Versandkosten\n\nDer Versand kostet innerhalb von Deutschland 4,90 €, und er ist ab 50 € frei.\n\n## Lieferzeit\n\nDie Lieferung ist in zwei Tagen bei Ihnen.")}})
	if err != nil {
		t.Fatal(err)
	}
	th := FromKnowledge(ix)
	for text, want := range map[string]string{
		"Versand": "4,90", "was kostet der Versand?": "4,90", "Lieferzeit": "zwei Tagen",
		"Katzenfutter": "Ich bin ein Bot", "which Versand is there for me?": "Versand", "is there any food for my cat?": "I'm a bot",
	} {
		if got := think(t, th, messages(text)).Text; !strings.Contains(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// In all languages the bot says the same things: each sentence is there, the word and the
// button are those of the page, and what it says is recognized as that language.
func TestTheBotSaysTheSameInAllItsLanguages(t *testing.T) {
	if len(spoken) != 20 {
		t.Errorf("%d languages", len(spoken))
	}
	for code, p := range spoken {
		for _, sentence := range []string{p.none, p.again, p.nearest, p.hedge, p.unsure, p.meant, p.only, p.quoting, p.failed, p.withheld, p.more, p.files} {
			if strings.TrimSpace(sentence) == "" {
				t.Errorf("%s: a sentence is missing", code)
			}
		}
		for _, sentence := range []string{p.unknown(), p.quotesOnly(), p.filtered(), p.nearest, p.hedge, p.unsure, p.meant, p.failed, p.files} {
			if strings.Contains(sentence, "escalate") {
				t.Errorf("%s: a command in %q", code, sentence)
			}
		}
		if got := language.Of(p.none + " " + p.again + " " + p.failed); got != code {
			t.Errorf("%s is taken for %q", code, got)
		}
	}
}

// A question costs one search, whether it is answered or declined.
func TestAQuestionIsSearchedForOnce(t *testing.T) {
	ix := shop(t)
	for _, text := range []string{"how long do I have to return my shoes?", "refund account for umbrellas and purple elephants " + strings.Repeat("refund umbrellas elephants return parcel ", 90)} {
		once := testing.AllocsPerRun(50, func() { ix.Search(text+"\n", maxAnswers) })
		both := testing.AllocsPerRun(50, func() { search(ix, []string{text}, "") })
		if both > once+10 {
			t.Errorf("%.40q: one search allocates %.0f times, and all of them %.0f times", text, once, both)
		}
	}
}

// offersTalk reports whether the last choice of an answer is a person.
func offersTalk(a Answer) bool {
	return a.Parts != nil && len(a.Parts.Choices) > 0 && a.Parts.Choices[len(a.Parts.Choices)-1] == talk
}

// A near match is offered, so that the visitor can press it, and not quoted. Pressing it
// brings exactly that passage.
func TestANearMatchIsOfferedAndNotQuoted(t *testing.T) {
	th := FromKnowledge(shop(t))
	got := think(t, th, messages("refund account for umbrellas and purple elephants"))
	if got.Text != english.none+" "+english.nearest || len(got.Parts.Choices) < 2 || got.Parts.Choices[0].Label != "Returns_and refunds: Refund" || !offersTalk(got) {
		t.Fatalf("got %q, %+v", got.Text, got.Parts)
	}
	for _, c := range got.Parts.Choices[:len(got.Parts.Choices)-1] {
		q := messages(c.Label)
		q.Inputs[0].Parts = &chat.Parts{Choice: c.ID}
		if a := think(t, th, q); a.Aside || len(a.Parts.Citations) != 1 || a.Parts.Citations[0].Title != c.Label {
			t.Errorf("%+v brings %q, %+v", c, a.Text, a.Parts)
		}
	}
	q := messages("refund")
	q.Inputs[0].Parts = &chat.Parts{Choice: "gone"}
	if a := think(t, th, q); !strings.Contains(a.Text, "within a week") {
		t.Errorf("a choice that is gone is answered with %q", a.Text)
	}
	if got := think(t, th, messages("Refund")).Text; !strings.Contains(got, "within a week") {
		t.Errorf("asked for by its heading: %q", got)
	}
}

func TestARequestForHelpIsAnsweredWithTheTopics(t *testing.T) {
	got := think(t, FromKnowledge(shop(t)), messages("what can you do?")).Text
	for _, want := range []string{"I'm a bot", "- Delivery\n", "- Orders by program\n", "- Returns\\_and refunds\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
	many := fstest.MapFS{}
	for i := range 16 {
		many[fmt.Sprintf("%d.md", i)] = &fstest.MapFile{Data: []byte(fmt.Sprintf("# Page %d\n\nText.", i))}
	}
	ix, err := knowledge.Load(context.Background(), many)
	if err != nil {
		t.Fatal(err)
	}
	if got := think(t, FromKnowledge(ix), messages("help")).Text; got != said[help] {
		t.Errorf("with many pages: %q", got)
	}
}

func TestABurstGetsOneAnswer(t *testing.T) {
	th := FromKnowledge(shop(t))
	for name, c := range map[string]struct {
		texts []string
		has   []string
		not   []string
	}{
		"a sentence in pieces":     {[]string{"hi", "how long do I have", "to return", "my shoes"}, []string{"30 days"}, []string{"Delivery"}},
		"two questions":            {[]string{"when do parcels arrive?", "refund to my bank account?"}, []string{"two working days", "within a week"}, nil},
		"the same question twice":  {[]string{"do you deliver to Spain?", "do you deliver to Spain?"}, []string{"Portugal"}, []string{"30 days"}},
		"thanks before a question": {[]string{"thanks!", "do you deliver to Spain?"}, []string{"Portugal"}, []string{"welcome"}},
		"only small talk":          {[]string{"hello", "thank you", "👍"}, []string{"You're welcome"}, nil},
	} {
		got := think(t, th, messages(c.texts...)).Text
		for _, s := range c.has {
			if !strings.Contains(got, s) {
				t.Errorf("%s: no %q in %q", name, s, got)
			}
		}
		for _, s := range c.not {
			if strings.Contains(got, s) {
				t.Errorf("%s: %q in %q", name, s, got)
			}
		}
		if strings.Count(got, "30 days")+strings.Count(got, "Portugal") > 1 {
			t.Errorf("%s: said twice: %q", name, got)
		}
	}
}

func TestSmallTalkIsDistinguishedFromQuestions(t *testing.T) {
	for text, want := range map[string]sort{
		"Hi": greeting, "hello there!": greeting, "Good morning": greeting, "hey bot 👋": greeting, "Hallo": greeting,
		"thanks": thanks, "Thank you very much!!": thanks, "ok, thanks": thanks, "danke": thanks,
		"bye": farewell, "See you later": farewell,
		"how are you?": feelings, "Hi, how are you": feelings, "are you a bot?": identity, "Who are you?": identity,
		"help": help, "I have a question": help,
		"👍": wordless, "👩‍👩‍👧‍👦❤️": wordless, "???": wordless, "...": wordless, "\u200b": wordless,
		"ada@example.com": address, "my email is ada.l+x@mail.example.co.uk.": address, "<ada@example.com>": address,
		"I want to talk to a human": person, "can I speak to a real person please": person, "get me an agent": person, "human": person,
		"Could you connect me with someone": person, "please transfer me to someone": person, "let me chat with a real human being": person,
		"Hello, I'm Ada": greeting, "Guten Tag": greeting, "ok thanks bye": farewell, "thanks, that was great": thanks,
		"is this a bot": identity, "am I talking to a real person or a machine?": identity, "r u a robot": identity, "you're a bot, right?": identity,
		"is anyone there?": identity, "anybody here?": identity, "are you ChatGPT": identity, "sind Sie ein Bot?": identity, "what's your name?": identity,
		"what is this?": help, "what do you know": help, "support": help, "ok": reaction, "hm": reaction, "yes": reaction, "no": reaction, "I see": question,
		"this doesn't help": upset, "that's not what I asked": upset, "you didn't answer my question": upset, "wrong": upset, "you are useless": upset,
		"human please": person, "can I talk to someone": person, "agent!": person, "customer service": person, "get me your manager": person,
		"I'd like to be connected to a colleague of yours": person, "I want a person, not a bot": person, "call someone please": person, "not a bot!": unclear, "escalate?": unclear, "This does not help. I want a human!": person, "转人工": person, "хочу поговорить с оператором": person,
		"Kann ich mit einem Menschen sprechen?": person, "je veux parler à un humain": person, "quiero hablar con una persona": person,
		"I don't want to talk to a human": question, "I need to add an agent account": question, "I want an agent to be able to log in": question,
		"give someone access": question, "you can return shoes": question, "this is not in the box": question, "bot": identity,
		"how do I talk to a person?": question, "what does an agent see": question, "is a person reading this": question,
		"hello, where is my parcel": question, "thanks, but when does it arrive": question, "good shoes": question,
		"write to ada@example.com about my parcel": question, "@": wordless, "the": question,
	} {
		if got := sortOf(text); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

func TestARequestForAPersonIsGranted(t *testing.T) {
	got := think(t, FromKnowledge(shop(t)), messages("where is my parcel", "I want to talk to a human!"))
	if !got.Handover || got.Why == nil || got.Why.Cause != chat.CauseAsked {
		t.Errorf("%+v", got)
	}
}

func TestAnEMailAddressIsThankedFor(t *testing.T) {
	if got := think(t, FromKnowledge(shop(t)), messages("ada@example.com")); !strings.HasPrefix(got.Text, "Thanks!") || got.Handover {
		t.Errorf("%+v", got)
	}
}

func TestAnEndedContextIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FromKnowledge(shop(t)).Think(ctx, messages("hi"), quiet{}); err == nil {
		t.Error("no error")
	}
}

func TestLongTextsAndManyMessagesAreAnswered(t *testing.T) {
	th := FromKnowledge(shop(t))
	many := make([]string, 500)
	for i := range many {
		many[i] = strings.Repeat("parcel Spain refund shoes ", 150)
	}
	think(t, th, messages(many...))
	think(t, th, messages(strings.Repeat("\U0001F468\u200d\U0001F469\u200d\U0001F467", 800)))
	think(t, th, messages(strings.Repeat("字", 4000)))
	think(t, th, messages())
	think(t, th, messages("", " "))
}

// FuzzThink: whatever the question, there is an answer that can be sent.
func FuzzThink(f *testing.F) {
	for _, s := range []string{"hello", "> quote", "```", "**", "ada@example.com", "\xff", "\x00", "\u202eabc", "how do I return shoes\nwhen", "🧵", strings.Repeat("ab ", 1300)} {
		f.Add(s, s)
	}
	th := FromKnowledge(shop(f))
	f.Fuzz(func(t *testing.T, a, b string) { think(t, th, messages(a, b)) })
}

// What is pasted along with a question, and is no word, does not hide the answer.
func TestWhatIsNoWordDoesNotHideTheAnswer(t *testing.T) {
	const want = "two working days"
	for _, q := range []string{
		"when do parcels arrive?", "when do parcels arrive case=cold-always", "case=x when do parcels arrive?", "when do parcels arrive? utm_source=mail-7 ref=AB12", "when do parcels arrive lang=de id=9f8e session=abc",
		"when do parcels arrive https://example.org/shop/checkout?step=7&basket=full", "when do parcels arrive order 4711-0815-22", "when do parcels arrive? customer no. 20040815", "when do parcels arrive #100234567", "when do parcels arrive AB-10023456",
		"when do parcels arrive 3f2b8c1e-12ab-4cde-9f00-0123456789ab", "when do parcels arrive ada@example.org",
	} {
		if got := think(t, FromKnowledge(shop(t)), messages(q)).Text; !strings.Contains(got, want) {
			t.Errorf("%q is answered with %q", q, got)
		}
	}
}

func TestTheApologyIsInTheVisitorsLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"": Sorry, "x": Sorry, "how long do I have to wait for my parcel?": Sorry,
		"Wie lange muss ich auf mein Paket warten?": spoken[language.German].failed, "退货需要几天？": spoken[language.Chinese].failed,
	} {
		if got := SorryFor(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Greetings, thanks and goodbyes are understood in the big languages, and what only begins
// with one is still a question.
func TestSmallTalkInManyLanguages(t *testing.T) {
	for want, list := range map[sort][]string{
		greeting: {"¡Buenos días!", "Bonjour", "Olá, bom dia", "Buongiorno", "Hoi!", "Dzień dobry", "Привет!", "Добрый день", "Merhaba", "こんにちは", "你好！", "안녕하세요", "مرحبا", "السلام عليكم", "नमस्ते", "Xin chào", "Halo", "Guten Tag"},
		thanks:   {"Muchas gracias", "Merci beaucoup", "Muito obrigada", "Mille grazie", "Vielen Dank!", "Bedankt", "Dziękuję bardzo", "Спасибо большое", "Teşekkür ederim", "ありがとうございます", "谢谢", "감사합니다", "شكرا", "धन्यवाद", "Cảm ơn", "Terima kasih", "Tack"},
		farewell: {"Adiós", "Tchau", "Arrivederci", "Tot ziens", "Do widzenia", "До свидания", "再见", "さようなら", "Auf Wiedersehen"},
		question: {"buenos precios?", "bom preço", "你好吗价格", "привет сколько стоит", "do you have hoi an maps"},
	} {
		for _, text := range list {
			if got := sortOf(text); got != want {
				t.Errorf("%q is of sort %d, want %d", text, got, want)
			}
		}
	}
}
