package wish

import (
	"strings"
)

// command is the word that calls a person.
const command = "escalate"

// maxCommand is how many bytes a text may have that is the command or a site's phrase.
const maxCommand = 400

// Words are what calls a person at once: the command, and the phrases of a site. The zero
// value has the command only. Its methods may be called concurrently.
type Words struct{ phrases map[string]bool }

// NewWords returns the command and the site's phrases, of which case, accents, signs and
// spaces don't matter. A phrase without a letter or digit is passed over.
func NewWords(phrases ...string) Words {
	w := Words{map[string]bool{}}
	for _, p := range phrases {
		if key := Key(p); key != "" {
			w.phrases[key] = true
		}
	}
	return w
}

// Key is what is compared of a site's phrase: empty if nothing is left of it.
func Key(phrase string) string { return squeezed(fold(phrase).words()) }

// Called reports whether the whole text calls a person at once: the command or a phrase
// of the site, in whatever case, signs and quotation marks, with polite words around it.
func (w Words) Called(text string) bool {
	if len(text) > maxCommand {
		return false
	}
	f := fold(text)
	words := f.words()
	return called(words, f.asked) || w.phrased(words)
}

// phrased reports whether the words are a phrase of the site. Most texts hold none, and
// are not looked at further.
func (w Words) phrased(words string) bool {
	if len(w.phrases) == 0 {
		return false
	}
	tight := squeezed(words)
	for p := range w.phrases {
		if before, after, there := strings.Cut(tight, p); there && onlyPolite().MatchString(before) && onlyPolite().MatchString(after) {
			return true
		}
	}
	return false
}

// called reports whether the words are the command. The word alone with a question mark
// asks what it does.
func called(words string, asked bool) bool {
	found, single, n := false, true, 0
	for word := range strings.SplitSeq(words, " ") {
		n++
		single = single && len(word) == 1
		if found = found || isCommand(word) || word == "escalated"; !found && n > 12 {
			return false
		}
	}
	switch {
	case single && n > 1:
		return squeezed(words) == command // spelled out
	case !found:
		return false
	case n == 1:
		return !asked && isCommand(words)
	}
	var plain strings.Builder
	for word := range strings.SplitSeq(words, " ") {
		if isCommand(word) {
			word = command
		}
		plain.WriteString(word + " ")
	}
	form := strings.TrimSpace(plain.String())
	return commandForms().MatchString(form) && !unclear().MatchString(form)
}

// other are words with one letter more or another one that are no slips of the finger.
var other = map[string]bool{"escalates": true, "escalated": true, "escalade": true, "escalante": true}

// isCommand reports whether a folded word is the command, with one slip of the finger at
// most: a letter too much, too few, another one, or two of them swapped.
func isCommand(word string) bool {
	if word == command {
		return true
	}
	if len(word) > len(command)+1 && strings.TrimRight(word, "e") == command[:len(command)-1] {
		return true // drawn out
	}
	return oneSlip(word, command) && !other[word]
}

func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) || a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// polite are the words that may stand around anything. Among them are none that say no.
var polite = folding(`please|pls|plz|plss|plse|kindly|hi|hello|hey|hiya|ok|okay|yes|yeah|yep|now|right now|asap|immediately|at once|right away|thanks|thank you|thank u|thx|ty|bot|sir|madam|again|just|urgent|urgently|` +
	`bitte|danke|jetzt|sofort|hallo|guten tag|por favor|porfavor|porfa|gracias|hola|ahora|ya|s il vous plait|s il te plait|svp|stp|merci|bonjour|salut|maintenant|per favore|per piacere|grazie|ciao|buongiorno|adesso|subito|` +
	`por gentileza|obrigado|obrigada|ola|oi|agora|alstublieft|alsjeblieft|aub|dank u|bedankt|nu|proszę|dziękuję|dzień dobry|teraz|lütfen|teşekkürler|merhaba|şimdi|hemen|пожалуйста|плиз|спасибо|привет|здравствуйте|сейчас|срочно|` +
	`будь ласка|дякую|вітаю|добрий день|зараз|tack|snälla|hej|nu|prosím|děkuji|dobrý den|teď|παρακαλώ|ευχαριστώ|γεια σας|τώρα|من فضلك|لو سمحت|رجاء|شكرا|مرحبا|السلام عليكم|الآن|لطفا|سلام|ممنون|برائے مہربانی|براہ کرم|شکریہ|السلام علیکم|` +
	`कृपया|धन्यवाद|नमस्ते|प्लीज|প্লিজ|দয়া করে|ধন্যবাদ|হ্যালো|tolong|mohon|terima kasih|halo|sekarang|vui lòng|làm ơn|xin chào|cảm ơn|ngay|请|請|您好|你好|谢谢|謝謝|お願いします|すみません|제발|부탁합니다|부탁드립니다|안녕하세요`)

var (
	onlyPolite   = lazy(func() string { return `^(?:` + squeezed(polite) + `)*$` })
	commandForms = lazy(func() string {
		return `^(?:(?:` + polite + `|so|well|then|and|but|wait|sorry|oh|enough|fine) )*` +
			`(?:` +
			`(?:(?:i|we)(?: (?:really|just|now|still|would|do))* (?:want|need|like|d like|wish|wanna|have|must|request|demand|prefer|d prefer)(?: (?:to|you to))*(?: please)? |(?:can|could|would|will|may|might) (?:you|u|i|we)(?: (?:please|pls|just|kindly|now))* |let (?:s|me|us) |lets |want to |need to |wanna |go ahead and )?` +
			`escalate(?: (?:please )?escalate)*(?: (?:me|us|it|this|that|(?:(?:my|the|this|our) )?(?:chat|case|issue|ticket|request|problem|question|conversation|complaint|matter|call|concern|query|session)))?` +
			`|(?:(?:i|we) (?:want|need|would like|d like|wish)|(?:can|could) (?:you|i|we)(?: please)? (?:get|have)|please (?:get|have)|get|have) (?:me|it|this|that|(?:my|this|the|our) (?:chat|case|issue|ticket|request|problem|question|conversation|complaint|matter))(?: to be)? escalated` +
			`)` +
			`(?: (?:to|with|for) (?:(?:an?|the|your|any|some|another) )?(?:(?:real|live|actual|human|support|service|customer|senior|higher) )*(?:human(?: being)?|person|agent|operator|representative|rep|staff|colleague|employee|manager|supervisor|somebody|someone(?: else)?|support|team|management|boss|level|advisor|adviser|specialist|people|humans|admin|service|help|assistance))?` +
			`(?: (?:` + polite + `|here|today|further|already|quickly|for me|from here|then|instead|if possible))*$`
	})
)

func squeezed(words string) string { return strings.ReplaceAll(words, " ", "") }

// folding folds the words of a regular expression, and none of its signs.
func folding(pattern string) string {
	var b strings.Builder
	for {
		i := strings.IndexAny(pattern, `|()[]?*+:.\^$ {},-`)
		if i < 0 {
			break
		}
		b.WriteString(fold(pattern[:i]).text)
		b.WriteByte(pattern[i])
		pattern = pattern[i+1:]
	}
	b.WriteString(fold(pattern).text)
	return b.String()
}
