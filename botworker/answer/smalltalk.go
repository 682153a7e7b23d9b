package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/pattern"
	"github.com/parley-chat/parley/pkg/wish"
)

// sort is the kind of a message, as far as it can be told without knowing any page.
type sort int

const (
	question sort = iota
	greeting
	thanks
	farewell
	feelings // how are you
	identity // are you a bot
	wordless // emoji, punctuation
	address  // an e-mail address and nothing else
	person   // asks for a person, see pkg/wish
	unclear  // may mean that a person is wanted
	help
	reaction // ok, hm, no
	upset    // about the bot itself
)

// small are the words that small talk is made of. At least one must be a key; of several
// kinds the one that closes the talk counts.
var small = []struct {
	sort       sort
	keys, rest string
}{
	{farewell, `bye goodbye bye-bye tschüss adieu cu later night wiedersehen adiós adios chau tchau arrivederci addio ziens doei widzenia пока свидания güle hoşçakal さようなら バイバイ 再见 再見 拜拜 وداعا`, `see you have a nice day good too auf tot do до`},
	{thanks, `thanks thank thx ty cheers merci danke dankeschön gracias grazie obrigado obrigada bedankt dank takk tack kiitos dziękuję dzięki спасибо благодарю дякую teşekkürler teşekkür sağol ありがとう ありがとうございます 谢谢 謝謝 감사합니다 고마워요 شكرا धन्यवाद cảm kasih asante děkuji díky köszönöm mulțumesc ευχαριστώ תודה ขอบคุณ`, `vielen besten schön muchas mil mille molte tante beaucoup muito u je wel hartelijk bardzo большое вам çok ederim ơn terima جزيلا you so very much many a lot for your the help that is was great perfect cool nice awesome yes you're bot`},
	{greeting, `hi hello hey heya hiya howdy hallo hola bonjour ciao salut servus moin ahoj hej greetings morning afternoon evening guten tag morgen abend grüezi buenas buenos buongiorno buonasera olá oi bom boa cześć witam привет здравствуйте вітаю merhaba selam こんにちは 你好 您好 안녕하세요 안녕 مرحبا السلام नमस्ते chào halo selamat jambo szia γεια שלום สวัสดี hoi hei dobrý dzień добрый`, `días tardes noches dia tarde noite dobry den день вечер утро günler iyi xin pagi عليكم good day there bot all everyone team parley again`},
	{reaction, `ok okay k yes no yep yeah nope hm hmm hmmm lol haha aha ah oh alright sure fine right cool nice great perfect so and well ja nein oui si`, `i see got it all thats that's is understood`},
}

const (
	// who are words for a person, and machine are words for a bot.
	who     = `(?:(?:a|an|the|some|any|your|another) )?(?:(?:real|live|actual|human|support|service) )*(?:human(?: being)?|person|agent|operator|representative|rep|staff|colleague|employee|manager|supervisor|somebody|someone|customer (?:service|support|care)|support team)s?`
	machine = `(?:a |an |the )?(?:(?:real|live|actual) )?(?:bot|robot|chatbot|human(?: being)?|person|real|machine|ai|computer|program|automated|chatgpt|gpt)`
	hi      = `^(?:(?:hi|hello|hey|so|and|wait|sorry|please|pls|ok) )*`
	end     = `(?: (?:please|pls|plz|now|right now|instead|here|today|asap))*$`
)

var (
	howAreYou = pattern.MustCompile(hi + `(?:how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what(?:'s|s) up|sup)$`)
	whoAreYou = pattern.MustCompile(hi + `(?:(?:who|what) (?:are you|r u|am i (?:talking|speaking|chatting) (?:to|with))|who is this|what(?:'s|s| is) your name|` +
		`(?:are you|r u|are u|is this|is it|this is|you are|you're|am i (?:talking|speaking|chatting|writing) (?:to|with)|bist du|sind sie) (?:(?:just|really|actually|only|ein|eine) )*` + machine + `(?: or .*)?(?: right| mensch)?|` +
		`(?:is|are) (?:there )?(?:anyone|anybody|somebody|someone|` + who + `)(?: (?:there|here|online|available|i can (?:talk|speak|chat) (?:to|with)|around))+|(?:anyone|anybody|somebody|someone) (?:here|there))` + end + `|^(?:bot|robot)$`)
	needHelp = pattern.MustCompile(hi + `(?:help(?: me)?|i need (?:some )?help|can you help(?: me)?|i have a question|what (?:can|do) (?:you|i) (?:do|know|ask)(?: you| here)?|what is this|what's this|how does this work|support|menu|start|test|ping)` + end)
	mailOnly = regexp.MustCompile(`^<?[^\s@<>(),;:"\[\]\\]+@[^\s@<>(),;:"\[\]\\]+\.[^\s@<>(),;:"\[\]\\.]{2,}>?$`)
	lead     = regexp.MustCompile(`^(?:(?:my |the )?e-?mail(?: address)?(?: is|:)?|you can reach me at|reach me at|write to|contact me at|here is my e-?mail(?: address)?:?|it's|it is)\s+`)
	named    = pattern.MustCompile(`^(?:(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening)) (?:i'm|i am|this is|my name is|it's)|my name is) \S+(?: \S+)?$`)

	// complaint is about the bot itself. What only sounds angry may still be a question.
	complaint = pattern.MustCompile(hi + `(?:you (?:did not|didn't|didnt|don't|dont|do not|can't|cant|never|are not|aren't) (?:answer|understand|help|listen|get|know|read)\w*\b.*|` +
		`(?:this|that|it)(?:'s|s| is| was| does| did)?(?:n't|nt| not) (?:help|what i|an answer|my question|the answer|useful|right|true|correct)\w*\b.*|` +
		`(?:that's |thats |that is )?(?:the )?wrong(?: answer)?|you(?:'re| are) (?:so |really |completely )?(?:wrong|useless|stupid|dumb|an idiot|terrible|awful|bad))$`)
	angry = regexp.MustCompile(`\b(?:stupid|idiots?|idiotic|useless|hate|sucks?|terrible|awful|bullshit|shit|fuck\w*|wtf|damn|angry|ridiculous|nonsense|worst|annoy\w*|pathetic|crap|dumb|rubbish|horrible|furious|frustrat\w+|scheiße|scheisse|blöd)\b`)
)

// isAngry reports whether the text, in lower case, has an angry word. The stems are parts of
// those words: a text without one is not searched further.
func isAngry(text string) bool {
	return slices.ContainsFunc(angryStems, func(stem string) bool { return strings.Contains(text, stem) }) && angry.MatchString(text)
}

var angryStems = []string{"stupid", "idiot", "useless", "hate", "suck", "terrible", "awful", "shit", "fuck", "wtf", "damn", "angry", "ridiculous", "nonsense", "worst", "annoy", "pathetic", "crap", "dumb", "rubbish", "horrible", "furious", "frustrat", "schei", "blöd"}

// form is a kind of message that an expression recognizes. Few messages begin as it does:
// all others are not matched with it.
type form struct {
	sort   sort
	begins []string // one of them follows the greetings, see hi
	as     *pattern.Pattern
}

// The forms in the order in which they count; unclear comes between the last two.
var (
	forms = []form{
		{feelings, []string{"how", "what", "sup"}, howAreYou},
		{identity, []string{"who", "what", "are ", "r ", "is ", "this ", "you", "am ", "bist ", "sind ", "any", "some", "bot", "robot"}, whoAreYou},
		{help, []string{"help", "i ", "can ", "what", "how ", "support", "menu", "start", "test", "ping"}, needHelp},
		{upset, []string{"you", "th", "it", "wrong"}, complaint},
	}
	introduction = form{greeting, []string{"hi ", "hello ", "hey ", "hallo ", "good ", "my "}, named}
)

// matches reports whether a message is of the form; rest is what follows its greetings.
func (f form) matches(text, rest string) bool {
	return slices.ContainsFunc(f.begins, func(b string) bool { return strings.HasPrefix(rest, b) }) && f.as.MatchString(text)
}

// ungreeted is the text without the words at its beginning that hi allows.
func ungreeted(text string) string {
	for {
		word, rest, more := strings.Cut(text, " ")
		if !more || !slices.Contains(greetings, word) {
			return text
		}
		text = rest
	}
}

var (
	greetings   = []string{"hi", "hello", "hey", "so", "and", "wait", "sorry", "please", "pls", "ok"}
	apostrophes = strings.NewReplacer("’", "'", "‘", "'")
)

// sortOf distinguishes small talk from a question.
func sortOf(text string) sort {
	text = strings.ToLower(strings.TrimSpace(text))
	if strings.IndexByte(text, '@') >= 0 && mailOnly.MatchString(strings.TrimRight(lead.ReplaceAllString(text, ""), ".! ")) {
		return address
	}
	told := wish.Read(text)
	if strings.Contains(text, "’") || strings.Contains(text, "‘") {
		text = apostrophes.Replace(text)
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return !inSmallTalk(r) })
	if len(words) == 0 || strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
		return wordless
	}
	if told == wish.Wanted {
		return person
	}
	if len(words) > 16 {
		return question
	}
	plain := strings.Join(words, " ")
	rest := ungreeted(plain)
	for _, f := range forms {
		if f.matches(plain, rest) {
			return f.sort
		}
	}
	if told == wish.Unclear {
		return unclear
	}
	if introduction.matches(plain, plain) {
		return introduction.sort
	}
	if len(words) <= 8 {
		return smallTalk(words)
	}
	return question
}

func inSmallTalk(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '\'' || r == '-' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// smallWords are the words of small talk. A key of a kind has its bit in keys; all words that
// may stand with them are in the map.
var smallWords = func() map[string]struct{ keys uint8 } {
	words := map[string]struct{ keys uint8 }{}
	for i, s := range small {
		for w := range strings.FieldsSeq(s.keys) {
			known := words[w]
			known.keys |= 1 << i
			words[w] = known
		}
		for w := range strings.FieldsSeq(s.rest) {
			words[w] = struct{ keys uint8 }{words[w].keys}
		}
	}
	return words
}()

// smallTalk returns the kind of small talk, if all words belong to small talk.
func smallTalk(words []string) sort {
	keys := uint8(0)
	for _, w := range words {
		known, ok := smallWords[w]
		if !ok {
			return question
		}
		keys |= known.keys
	}
	for i, s := range small {
		if keys&(1<<i) != 0 {
			return s.sort
		}
	}
	return question
}
