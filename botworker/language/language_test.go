package language

import (
	"slices"
	"testing"
)

// A visitor's question of a few words is recognized, and what is unclear is not guessed.
func TestTheLanguageOfAQuestionIsRecognized(t *testing.T) {
	for text, want := range map[string]Code{
		"How long does delivery take?": English, "where is my parcel": English, "can I return shoes": English, "no mountains, no cry": "", "come, pour me a drink": "",
		"Wie lange dauert der Versand?": German, "wie wird das wetter?": German, "Können Sie mir bitte sagen, wo Sie sind?": German, "was kostet die rücksendung": German, "Kann ich umtauschen?": German,
		"Pouvez-vous me dire où est mon chat ?": French, "combien coûte la livraison": French, "quels sont les délais de livraison ?": French, "Comment annuler ma commande": French,
		"¿cuánto cuesta el envío?": Spanish, "cuanto tarda el envio": Spanish, "¿Cómo puedo devolver un producto?": Spanish,
		"quanto costa il gatto, per favore?": Italian, "come posso restituire un articolo": Italian, "quanto tempo ci vuole per la spedizione?": Italian,
		"quanto custa o envio?": Portuguese, "como faço para devolver um produto": Portuguese, "vocês entregam no sábado?": Portuguese,
		"hoe lang duurt de levering?": Dutch, "kan ik mijn bestelling annuleren": Dutch, "wat kost verzending naar België?": Dutch,
		"ile kosztuje wysyłka?": Polish, "jak mogę zwrócić towar": Polish, "kolik stojí doprava?": Czech, "jak mohu vrátit zboží": Czech,
		"hur lång är leveranstiden?": Swedish, "vad kostar frakten": Swedish, "hvor lang er leveringstiden?": Danish, "hvad koster fragten": Danish,
		"kuinka kauan toimitus kestää?": Finnish, "mitä postitus maksaa": Finnish, "kargo ücreti ne kadar?": Turkish, "iade nasıl yapılır": Turkish,
		"сколько стоит доставка?": Russian, "какая погода завтра": Russian, "скільки коштує доставка?": Ukrainian, "як повернути товар": Ukrainian,
		"كم تكلفة الشحن؟": Arabic, "هل تبيعون القطط": Arabic, "هزینه ارسال چقدر است؟": Persian, "כמה עולה המשלוח?": Hebrew,
		"डिलीवरी में कितना समय लगता है?": Hindi, "退货需要多少天？": Chinese, "運費多少": Chinese, "送料はいくらですか": Japanese, "明日の天気は?": Japanese, "배송은 얼마나 걸리나요?": Korean,
		"ค่าส่งเท่าไหร่": Thai, "phí vận chuyển bao nhiêu?": Vietnamese,
		"": "", "12345": "", "xyzzy": "", "iPhone 12": "", "Ada Lovelace": "", "func main() { panic(1) }": "",
	} {
		if got := Of(text); got != want {
			var c Count
			c.Add(text)
			t.Errorf("%q is %q, want %q: %v", text, got, want, c.weights)
		}
	}
}

func TestFoldedWordsAreTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"größe", "GRÖSSE", "Große"}, {"Café", "cafe"}, {"İade", "IADE", "iade", "ıade"}, {"Łódź", "lodz"}, {"smørrebrød", "smorrebrod"},
		{"ＩＰＨＯＮＥ１２", "iphone12"}, {"٩٩", "99", "۹۹", "९९"}, {"كِتَابٌ", "كتاب", "كتـــاب"}, {"إرجاع", "ارجاع", "أرجاع"}, {"مكتبة", "مكتبه"}, {"گیک", "گيك"},
		{"שָׁלוֹם", "שלום"}, {"ｶｰﾄﾞ", "カード", "かーど"}, {"нём", "нем"}, {"đơn", "don"}, {"ob\u00adjekt", "objekt"},
	} {
		for _, s := range same[1:] {
			if a, b := Fold(Normalize(same[0])), Fold(Normalize(s)); a != b {
				t.Errorf("%q folds to %q, %q to %q", same[0], a, s, b)
			}
		}
	}
	for _, pair := range [][2]string{{"かき", "かぎ"}, {"की", "का"}, {"cat", "cut"}, {"มา", "ม้า"}, {"дом", "дым"}} {
		if Fold(Normalize(pair[0])) == Fold(Normalize(pair[1])) {
			t.Errorf("%q and %q are the same", pair[0], pair[1])
		}
	}
}

func TestFormsOfAWordHaveAStemInCommon(t *testing.T) {
	for _, c := range []struct {
		code Code
		a, b string
		want bool
	}{
		{German, "rücksendung", "rücksendungen", true}, {German, "haus", "häuser", true}, {German, "versand", "verband", false},
		{French, "remboursement", "remboursements", true}, {Spanish, "devolución", "devoluciones", true}, {Spanish, "envío", "envia", true},
		{Russian, "доставка", "доставки", true}, {Russian, "доставку", "доставкой", true}, {Russian, "доставка", "оплата", false},
		{Ukrainian, "доставка", "доставку", true}, {Ukrainian, "повернення", "поверненням", true}, {Polish, "przesyłka", "przesyłki", true}, {Polish, "zwrot", "zwrotu", true}, {Polish, "dostawa", "dostawę", true},
		{Czech, "doprava", "dopravu", true}, {Czech, "zboží", "zbožím", true}, {Arabic, "الشحن", "شحن", true}, {Arabic, "والشحن", "للشحن", true}, {Arabic, "طلب", "طلبات", true}, {Arabic, "شحن", "دفع", false},
		{Hebrew, "המשלוח", "משלוח", true}, {Hebrew, "במשלוח", "למשלוחים", true}, {Korean, "배송은", "배송을", true}, {Korean, "환불하려면", "환불", true}, {Korean, "배송", "환불", false},
		{Hindi, "लड़की", "लड़का", true}, {Turkish, "kargolar", "kargo", true}, {Swedish, "leveransen", "leverans", true}, {Finnish, "toimitukset", "toimituksen", true}, {Dutch, "bestellingen", "bestelling", true},
	} {
		common := false
		for _, a := range Stems(c.code, c.a) {
			for _, b := range Stems(c.code, c.b) {
				common = common || a == b
			}
		}
		if common != c.want {
			t.Errorf("%s: %q %v, %q %v", c.code, c.a, Stems(c.code, c.a), c.b, Stems(c.code, c.b))
		}
	}
}

// The languages are counted by their places in one sorted list.
func TestTheListOfLanguagesIsWholeAndSorted(t *testing.T) {
	if !slices.IsSorted(codes) || len(codes) != allCodes || allCodes > 32 {
		t.Errorf("%d languages, want %d in order, and at most 32: %v", len(codes), allCodes, codes)
	}
	for code := range stopText {
		if _, ok := slices.BinarySearch(codes, code); !ok {
			t.Errorf("%s is missing", code)
		}
	}
}
