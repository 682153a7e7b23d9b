package wish

import (
	"slices"
	"strings"
	"sync"

	"github.com/parley-chat/parley/pkg/pattern"
)

// Reading is what a text says about a person.
type Reading int

// What a text can say.
const (
	Nothing Reading = iota
	// Unclear: it may mean that a person is wanted ("not a bot!"), so one is offered.
	Unclear
	// Wanted: a person is wanted.
	Wanted
)

// maxWish is how many bytes of a text are read: a wish stands at an end of it, and longer
// texts tell a story.
const maxWish = 1000

// Read reports whether the text, or a sentence of it, is the command or says in other
// words that a person is wanted. It takes a microsecond or two, and some hundred where
// a person is mentioned.
func Read(text string) Reading {
	if len(text) > maxWish {
		return Nothing
	}
	f := fold(text)
	words := f.words()
	of := mentioned(words)
	if called(words, f.asked) || wanted(words, of) {
		return Wanted
	}
	// A wish that is only mentioned: "if I say: give me a human, what happens?"
	if strings.Contains(f.text, "\n") && spoken(words, of) && !mentions().MatchString(words) {
		for sentence := range strings.SplitSeq(f.text, "\n") {
			if called(sentence, f.asked) || wanted(sentence, mentioned(sentence)) {
				return Wanted
			}
		}
	}
	if of.bots() && unclear().MatchString(words) || f.asked && isCommand(words) {
		return Unclear
	}
	return Nothing
}

// wanted reports whether the folded sentence says in one of the languages that a person
// is wanted; of are the languages in which it mentions one.
func wanted(sentence string, of languageSet) bool {
	tight := ""
	for i := range languages {
		l := &languages[i]
		if !of.has(i) {
			continue
		}
		s := sentence
		if l.tight {
			if tight == "" {
				tight = squeezed(sentence)
			}
			s = tight
		}
		if l.says(once(s)) {
			return true
		}
	}
	return false
}

// language is how a person is asked for in a language.
type language struct {
	persons []string // one of these is in every wish
	tight   bool     // spaces are taken out, because it is written without them
	// compiled returns the wishes, and what turns a wish into something else, or nil. It
	// compiles them when they are first needed: most sites see few languages.
	compiled func() (wish, veto *pattern.Pattern)
}

// spoken reports whether the words may hold a wish: the command, with most slips, or
// somebody, in one of the languages.
func spoken(words string, of languageSet) bool {
	return of.any() || strings.Contains(squeezed(words), "lat")
}

func (l *language) says(s string) bool {
	wish, veto := l.compiled()
	return wish.MatchString(s) && (veto == nil || !veto.MatchString(s))
}

// once takes out words that repeat the word before them: "agent agent agent!".
func once(s string) string {
	words := strings.Split(s, " ")
	return strings.Join(slices.Compact(words), " ")
}

// forms are the parts that a language's wishes are made of, as they are written.
type forms struct {
	persons string   // stems, one of which is in every wish, with spaces between (_ is a space)
	before  string   // what may stand before, any number of times
	after   string   // what may stand after, any number of times
	who     string   // {W} in the wishes: a person
	wants   string   // {I} in the wishes: I want, can I, any number of times or not at all
	wishes  []string // whole sentences, but for what stands around them
	veto    string   // what makes something else of them; may be empty
	tight   bool
}

// compile makes a language of its forms. Everything is folded as texts are.
func compile(f forms) language {
	l := language{tight: f.tight, compiled: sync.OnceValues(func() (wish, veto *pattern.Pattern) { return f.expressions() })}
	for stem := range strings.FieldsSeq(f.persons) {
		stem = fold(strings.ReplaceAll(stem, "_", " ")).text
		l.persons = append(l.persons, stem)
	}
	return l
}

// lazy compiles an expression when it is first needed: all of them take a part of the time
// in which a whole Parley starts.
func lazy(expression func() string) func() *pattern.Pattern {
	return sync.OnceValue(func() *pattern.Pattern { return pattern.MustCompile(expression()) })
}

func (f forms) expressions() (wish, veto *pattern.Pattern) {
	gap, around := " ", polite
	if f.tight {
		gap, around = "", squeezed(polite)
	}
	parts := strings.NewReplacer("{W}", "(?:"+f.who+")", "{I}", "(?:(?:"+f.wants+")"+gap+")*")
	core := parts.Replace(strings.Join(f.wishes, "|"))
	before, after := "(?:(?:"+f.before+"|"+around+")"+gap+")*", "(?:"+gap+"(?:"+f.after+"|"+around+"))*"
	wish = pattern.MustCompile("^" + folding(before+"(?:"+core+")"+after) + "$")
	if f.veto != "" {
		veto = pattern.MustCompile(folding(f.veto))
	}
	return wish, veto
}

var (
	// mentions begin a text that speaks about a wish.
	mentions = lazy(func() string {
		return folding(`^(?:what (?:happens|if|does)|how |why |(?:if|when) (?:i|we|you|someone|somebody|a visitor|a customer) (?:say|says|type|types|write|writes|ask|asks|wrote|typed|press|click)|was passiert|wie |warum |que pasa|que se passe|comment )`)
	})
	// ofBots are parts of words of which one is in everything unclear.
	ofBots = []string{"bot", "robo", "machin", "maquin", "macchin", " ai", "automated", "computer", "escalat", fold("робот").text, fold("бот").text, "人工", "真人", "客服"}
	// unclear are complaints about the bot, and the command in a form that asks or tells.
	unclear = lazy(func() string {
		return `^(?:(?:` + polite + `|no|and|so|but|stop|well) )*(?:` + folding(
			`(?:not|no|no more|stop|enough|i hate|hate|i hate (?:this|these|talking to|chatting with))(?: (?:a|an|the|this|that|these|with|to|talking|using|another))* (?:bots?|robots?|chatbots?|machines?|ai|automated (?:answers|replies|messages))`+
				`|(?:i|we) (?:don t|dont|do not|won t|will not|refuse to|am not|m not)(?: (?:want|like|wish|going|need|talk|talking|speak|speaking|chat|chatting|trust|to|with|a|an|the|this|these|your|stupid))* (?:bots?|robots?|chatbots?|machines?|ai|computer)`+
				`|escalated|escalates|(?:can|may|could|should|shall|do|must) (?:i|we) (?:have to )?escalate`+
				`|(?:kein|keinen|keine|nicht mit (?:einem|dem))(?: (?:bot|roboter|chatbot|maschine|computer))+|ich (?:will|mochte|moechte) (?:nicht mit (?:einem|dem|einer)|keinen|kein) (?:bot|roboter|chatbot|maschine)(?: (?:reden|sprechen|schreiben))?`+
				`|(?:pas|plus) (?:de|un|d un|avec un) (?:bot|robot|chatbot|machine)|je ne veux pas (?:parler (?:a|avec) )?(?:un|une|de|d un) (?:bot|robot|chatbot|machine)`+
				`|no (?:quiero )?(?:hablar con )?(?:un |una )?(?:bot|robot|maquina|chatbot)s?`+
				`|nao quero (?:falar com )?(?:um |uma )?(?:bot|robo|maquina)|non voglio (?:parlare con )?(?:un |una )?(?:bot|robot|macchina)|geen (?:bot|robot|chatbot)|ik wil geen (?:bot|robot|chatbot)`+
				`|не бот|не хочу (?:говорить|общаться) с (?:ботом|роботом)|хватит ботов|(?:有|有没有|有沒有) ?(?:人工|客服|人工客服|真人|真人客服)(?:吗|嗎|么|在)*`) +
			`)(?: (?:` + polite + `))*$`
	})
)
