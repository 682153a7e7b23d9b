package knowledge

import (
	"strings"
	"testing"
)

// asks checks which page answers each question; "" means that none may.
func asks(t *testing.T, ix *Index, questions map[string]string) {
	t.Helper()
	for q, page := range questions {
		found := ix.Search(q, 1)
		got := ""
		if len(found) > 0 && found[0].Confidence >= Threshold {
			got = found[0].Path
		}
		if got != page {
			t.Errorf("%q is answered from %q, want %q: %+v, terms %+v", q, got, page, found, ix.terms(q))
		}
	}
}

func TestANumberIsFoundHoweverItIsWritten(t *testing.T) {
	ix := load(t, map[string]string{
		"price.md":   "# Lamp\n\nThe lamp costs 1,99 € a piece.",
		"parts.md":   "# Case\n\nThe case fits the iPhone 12.",
		"parts2.md":  "# Cover\n\nThe cover fits the Galaxy S24.",
		"large.md":   "# Van\n\nThe van costs 12.500,00 EUR.",
		"round.md":   "# Bag\n\nA bag is $99.",
		"arabic.md":  "# Key\n\nThe key has number ٧٥٣.",
		"time.md":    "# Noon\n\nThe gate opens at 10:30.",
		"version.md": "# Release\n\nRelease 4.7.11 is out.",
	})
	asks(t, ix, map[string]string{
		"1.99": "price.md", "1,99€": "price.md", "１．９９": "price.md", "2.99": "", "199": "",
		"iphone12": "parts.md", "iPhone-12": "parts.md", "iphone 12": "parts.md", "iphone13": "", "galaxy s 24": "parts2.md", "galaxys24": "parts2.md",
		"12500": "large.md", "12,500": "large.md", "12'500": "large.md", "12500.00": "large.md", "125": "",
		"99": "round.md", "99€": "round.md", "$99.00": "round.md", "99,-": "round.md", "٩٩": "round.md", "999": "",
		"753": "arabic.md", "۷۵۳": "arabic.md", "10.30": "time.md", "10:30": "time.md", "11:30": "", "4.7.11": "version.md", "4.7.12": "",
	})
}

func TestWordsWrittenAsOneOrAsTwoAreTheSame(t *testing.T) {
	ix := load(t, map[string]string{
		"wifi.md": "# Network\n\nThe Wi-Fi password is on the wall.", "mail.md": "# Post\n\nThere is e-mail for all.", "check.md": "# Counter\n\nThe checkout closes at nine.",
		"online.md": "# Shop\n\nOrder online, and pay later.", "apt.md": "# Packages\n\nUse apt-get there.",
	})
	asks(t, ix, map[string]string{
		"wifi": "wifi.md", "wi-fi": "wifi.md", "wi fi": "wifi.md", "WiFi": "wifi.md", "Wi‑Fi": "wifi.md", "email": "mail.md", "e-mail": "mail.md", "e mail": "mail.md", "E‐Mail": "mail.md",
		"check-out": "check.md", "on-line": "online.md", "apt get": "apt.md", "aptget": "apt.md", "hifi": "", "fi": "wifi.md",
	})
}

// A word may be one that says nothing in another language.
func TestAWordThatSaysNothingElsewhereIsFound(t *testing.T) {
	ix := load(t, map[string]string{
		"hat.md": "# Hats\n\nA red hat is for the summer, and a man may wear it.", "sale.md": "# Sale\n\nThe sale begins in May and ends in June.", "pour.md": "# Concrete\n\nHow to pour it: slowly, and all at once.",
	})
	asks(t, ix, map[string]string{"hat": "hat.md", "red hat": "hat.md", "the hat?": "hat.md", "sale": "sale.md", "pour": "pour.md", "mit": "", "der": ""})
	asks(t, load(t, map[string]string{"a.md": "# Bestellung\n\nWir liefern Ihnen die Ware und nehmen sie auch zurück, wenn sie nicht gefällt.", "b.md": "# Hat\n\nDer Mann hat einen Hut, und sie hat auch einen."}), map[string]string{"hat": "b.md", "wie lange dauert das?": ""})
}

func TestALetterThatIsWrongIsForgivenInALongWord(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Warranty\n\nThe guarantee is for two years.", "b.md": "# Rückgabe\n\nDie Erstattung kommt bald.", "c.md": "# Гарантия\n\nГарантия на товар.", "d.md": "# Cat\n\nA cat sleeps.",
	})
	asks(t, ix, map[string]string{
		"warantty": "a.md", "warrenty": "a.md", "garantee": "a.md", "quarantee": "a.md", "uarantee": "a.md", "gguarantee": "a.md", "guarantees": "a.md", "GUARANTEE": "a.md", "erstatung": "b.md", "ERSTATTUNG": "b.md", "гарантея": "c.md", "ГАРАНТИЯ": "c.md",
		"cut": "", "bat": "", "wardrobe": "", "guaranteed": "a.md", "restaurant": "",
	})
}

// What is found in a language by its compounds, its inflections, or without spaces, and
// what is not.
func TestWordsOfManyLanguagesAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		pages     map[string]string
		questions map[string]string
	}{
		"German": {map[string]string{
			"ship.md": "# Bestellungen\n\n## Versandkosten\n\nDie Versandkosten sind 5 €.\n\n## Rücksendekosten\n\nDas Rücksendeetikett liegt bei.", "house.md": "# Haustiere\n\nHaustiere sind erlaubt, wenn sie ruhig sind.", "park.md": "# Parkplätze\n\nDie Parkgebühr ist niedrig.", "street.md": "# Anfahrt\n\nDie Straße heißt Mühlenweg.",
		}, map[string]string{
			"Versand": "ship.md", "Was kostet der Versand?": "ship.md", "VERSAND": "ship.md", "Versandgebühren": "ship.md", "Mühlenstraße": "street.md", "Versands": "ship.md", "Rücksendung": "ship.md", "Ruecksendung": "ship.md", "Rucksendung": "ship.md", "Rücksendungen": "ship.md", "Kosten": "ship.md",
			"Parken": "park.md", "Was kostet das Parken?": "park.md", "Parkett": "", "Haustier": "house.md", "Strasse": "street.md", "Straße": "street.md", "STRASSE": "street.md", "Muehlenweg": "street.md", "Mühlenweg": "street.md",
			"Rücken": "", "Rückseite": "", "Verband": "", "Versicherung": "", "Rückenschmerzen": "", "Zaubertrank": "",
		}},
		"Dutch": {map[string]string{"a.md": "# Verzendkosten\n\nDe verzendkosten zijn 5 euro voor alle bestellingen.", "b.md": "# Openingstijden\n\nDe winkel is open van maandag tot en met zaterdag."}, map[string]string{
			"wat kost verzending?": "a.md", "verzenden": "a.md", "bestelling": "a.md", "winkels": "b.md", "verkoopt u kattenvoer?": "", "hoe wordt het weer morgen": "",
		}},
		"Swedish": {map[string]string{"a.md": "# Fraktkostnad\n\nFraktkostnaden är 49 kr för alla leveranser.", "b.md": "# Öppettider\n\nButiken har öppet från måndag till lördag."}, map[string]string{
			"vad kostar frakten?": "a.md", "frakt": "a.md", "leverans": "a.md", "oppettider": "b.md", "butik": "b.md", "säljer ni kattmat?": "", "hur blir vädret i morgon": "",
		}},
		"Danish": {map[string]string{"a.md": "# Fragtpriser\n\nFragten er 39 kr. for alle ordrer.", "b.md": "# Åbningstider\n\nButikken har åbent på hverdage."}, map[string]string{
			"hvad koster fragt?": "a.md", "aabningstider": "b.md", "abningstider": "b.md", "butik": "b.md", "sælger I kattemad?": "",
		}},
		"Finnish": {map[string]string{"a.md": "# Toimituskulut\n\nToimituskulut ovat 5 euroa ja toimitus kestää kolme päivää.", "b.md": "# Palautus\n\nTuotteen voi palauttaa, kun se on käyttämätön."}, map[string]string{
			"paljonko toimitus maksaa?": "a.md", "toimituksen": "a.md", "palautukset": "b.md", "miten palautan tuotteen": "b.md", "myyttekö kissanruokaa?": "",
		}},
		"Korean": {map[string]string{"a.md": "# 배송 안내\n\n## 배송비\n\n배송비는 3,000원입니다. 50,000원 이상은 무료입니다.\n\n## 배송 기간\n\n주문 후 2~3일 안에 도착합니다.", "b.md": "# 환불\n\n상품을 받은 날부터 7일 안에 환불을 신청할 수 있습니다."}, map[string]string{
			"배송은 얼마나 걸리나요?": "a.md", "배송비가 얼마예요?": "a.md", "배송": "a.md", "환불하려면 어떻게 해야 하나요?": "b.md", "환불은 가능한가요": "b.md", "환불을": "b.md", "고양이 사료 파나요?": "", "내일 날씨 어때요?": "",
		}},
		"Thai": {map[string]string{"a.md": "# การจัดส่ง\n\nค่าจัดส่งทั่วประเทศ 50 บาท สินค้าจะถึงภายในสามวัน", "b.md": "# การคืนสินค้า\n\nคุณสามารถคืนสินค้าได้ภายในเจ็ดวัน และเราจะคืนเงินให้"}, map[string]string{
			"ค่าจัดส่งเท่าไหร่": "a.md", "จัดส่ง": "a.md", "คืนสินค้าได้ไหมครับ": "b.md", "คืนเงิน": "b.md", "ขายอาหารแมวไหม": "", "พรุ่งนี้ฝนตกไหม": "",
		}},
		"Hebrew": {map[string]string{"a.md": "# משלוחים\n\nעלות המשלוח היא 30 שקלים. המשלוח מגיע תוך שלושה ימים.", "b.md": "# החזרות\n\nאפשר להחזיר מוצר תוך 14 ימים ולקבל החזר כספי."}, map[string]string{
			"כמה עולה המשלוח?": "a.md", "משלוח": "a.md", "למשלוחים": "a.md", "החזרה": "b.md", "האם אפשר להחזיר מוצר?": "b.md", "מה מזג האוויר מחר": "", "אוכל לחתולים": "",
		}},
		"Persian": {map[string]string{"a.md": "# ارسال\n\nهزینهٔ ارسال ۳۰ هزار تومان است و بسته‌ها در سه روز می‌رسند.", "b.md": "# بازگشت کالا\n\nکالا را می‌توانید تا هفت روز برگردانید."}, map[string]string{
			"هزینه ارسال چقدر است؟": "a.md", "هزينه ارسال": "a.md", "بازگشت كالا": "b.md", "هوا فردا چطور است؟": "", "غذای گربه دارید؟": "",
		}},
		"Hindi": {map[string]string{"a.md": "# डिलीवरी\n\nडिलीवरी का शुल्क 50 रुपये है और सामान तीन दिन में पहुँचता है।", "b.md": "# वापसी\n\nसामान 7 दिनों में वापस किया जा सकता है और पैसे लौटाए जाते हैं।"}, map[string]string{
			"डिलीवरी का शुल्क कितना है?": "a.md", "डिलीवरी": "a.md", "५० रुपये": "a.md", "पैसे कब मिलेंगे": "b.md", "सामान वापस कैसे करें": "b.md", "कल मौसम कैसा रहेगा": "", "बिल्ली का खाना": "",
		}},
		"Vietnamese": {map[string]string{"a.md": "# Vận chuyển\n\nPhí vận chuyển là 30.000 đồng cho mọi đơn hàng.", "b.md": "# Đổi trả\n\nBạn có thể trả hàng trong vòng bảy ngày và được hoàn tiền."}, map[string]string{
			"phí vận chuyển bao nhiêu?": "a.md", "phi van chuyen": "a.md", "VẬN CHUYỂN": "a.md", "30000 đồng": "a.md", "hoàn tiền như thế nào": "b.md", "don hang": "a.md", "ngày mai thời tiết thế nào": "", "thức ăn cho mèo": "",
		}},
		"Polish": {map[string]string{"a.md": "# Wysyłka\n\nKoszt wysyłki to 15 zł. Przesyłka dociera w ciągu trzech dni.", "b.md": "# Zwroty\n\nTowar można zwrócić w ciągu 30 dni od zakupu."}, map[string]string{
			"ile kosztuje wysyłka?": "a.md", "przesylki": "a.md", "przesyłkę": "a.md", "zwrot": "b.md", "jak zrobić zwrot towaru": "b.md", "czy sprzedajecie karmę dla kotów?": "", "jaka będzie jutro pogoda": "",
		}},
		"Czech": {map[string]string{"a.md": "# Doprava\n\nDoprava po celé republice stojí 99 Kč.", "b.md": "# Vrácení zboží\n\nZboží můžete vrátit do 30 dnů od nákupu."}, map[string]string{
			"kolik stojí doprava?": "a.md", "dopravu": "a.md", "za dopravy": "a.md", "vraceni zbozi": "b.md", "jak mohu vrátit zboží": "b.md", "prodáváte krmivo pro kočky?": "",
		}},
		"Ukrainian": {map[string]string{"a.md": "# Доставка\n\nДоставка по Україні коштує 80 гривень. Об'єкт можна забрати самостійно.", "b.md": "# Повернення\n\nТовар можна повернути протягом 14 днів."}, map[string]string{
			"скільки коштує доставка?": "a.md", "доставку": "a.md", "об’єкт": "a.md", "обʼєкта": "a.md", "поверненням": "b.md", "повернення товару": "b.md", "чи продаєте корм для котів?": "",
		}},
		"Turkish": {map[string]string{"a.md": "# Kargo\n\nKargo ücreti 50 TL’dir. Siparişler İstanbul’dan gönderilir.", "b.md": "# İade\n\nÜrünleri 14 gün içinde iade edebilirsiniz."}, map[string]string{
			"kargo ücreti ne kadar?": "a.md", "KARGO ÜCRETİ": "a.md", "kargolar": "a.md", "istanbul": "a.md", "İSTANBUL": "a.md", "ISTANBUL": "a.md", "sipariş": "a.md", "iade": "b.md", "IADE": "b.md", "iade nasıl yapılır": "b.md", "kedi maması var mı?": "", "yarın hava nasıl olacak": "",
		}},
		"Portuguese": {map[string]string{"a.md": "# Envio\n\nO envio custa 5 € para todo o país.", "b.md": "# Devolução\n\nA devolução é gratuita nos primeiros 30 dias."}, map[string]string{
			"quanto custa o envio?": "a.md", "envios": "a.md", "devolucao": "b.md", "devoluções": "b.md", "vocês vendem comida para gatos?": "",
		}},
		"French": {map[string]string{"a.md": "# Livraison\n\nNous envoyons les colis en Belgique et en Suisse, et vous les recevez chez vous.", "b.md": "# Frais\n\nLes frais d'expédition sont de 5 euros pour toutes les commandes."}, map[string]string{
			"livrez-vous en Belgique ?": "a.md", "l'expédition": "b.md", "quels sont les frais de l’expedition ?": "b.md", "vendez-vous des chats ?": "",
		}},
		"Italian": {map[string]string{"a.md": "# Spedizione\n\nLa spedizione costa 5 € in tutta Italia.", "b.md": "# Resi\n\nUn articolo può essere restituito entro 30 giorni dall'acquisto."}, map[string]string{
			"quanto costa la spedizione?": "a.md", "spedizioni": "a.md", "dell'acquisto": "b.md", "sull'acquisto": "b.md", "articoli": "b.md", "vendete cibo per gatti?": "",
		}},
		"Greek, which has no tables here": {map[string]string{"a.md": "# Αποστολή\n\nΗ αποστολή κοστίζει 5 €.", "b.md": "# Επιστροφές\n\nΤα προϊόντα επιστρέφονται."}, map[string]string{
			"αποστολή": "a.md", "ΑΠΟΣΤΟΛΗ": "a.md", "επιστροφές": "b.md", "γάτα": "",
		}},
		"two languages": {map[string]string{"en/ship.md": "# Shipping\n\nShipping is free for all orders over 50 euros.", "de/ship.md": "# Versand\n\nDer Versand ist für Bestellungen über 50 Euro kostenlos.", "zh/ship.md": "# 运费\n\n满五十欧元的订单免运费。"}, map[string]string{
			"is shipping free?": "en/ship.md", "Ist der Versand kostenlos?": "de/ship.md", "Versandkosten": "de/ship.md", "免运费吗": "zh/ship.md", "猫粮": "", "cat food": "", "Katzenfutter": "",
		}},
		"Chinese beside English words": {map[string]string{"a.md": "# 保修\n\niPhone手机的保修期为一年。", "b.md": "# 优惠\n\n会员可以享受九折优惠。", "c.md": "# 员工\n\n员工休息室在二楼，员工免费停车，员工证在前台。"}, map[string]string{
			"iphone保修多久": "a.md", "ｉＰｈｏｎｅ": "a.md", "手机保修": "a.md", "会员有什么优惠": "b.md", "会员": "b.md", "员工": "c.md", "猫": "", "电脑维修": "",
		}},
		"Japanese kana and widths": {map[string]string{"a.md": "# サーバー\n\nサーバーは24時間稼働しています。", "b.md": "# ポイント\n\nポイントは商品の購入で貯まります。おにぎりは対象外です。インターネットでも使えます。"}, map[string]string{
			"ビットコイン": "", "サーバ": "a.md", "ｻｰﾊﾞｰ": "a.md", "サーバーは何時間稼働しますか": "a.md", "２４時間": "a.md", "ポイントを貯めるには": "b.md", "おにぎり": "b.md", "さくら": "", "猫の餌": "",
		}},
	} {
		t.Run(name, func(t *testing.T) { asks(t, load(t, c.pages), c.questions) })
	}
}

// One word of a table is a word of grammar in Czech, and the question is English.
func TestAWordIsNotTakenForAnotherLanguagesGrammar(t *testing.T) {
	ix := load(t, map[string]string{
		"plans.md": "# Plans\n\nThese are the plans that we have for you.\n\n| Plan | Price |\n|---|---|\n| Basic | 5 € a month |\n| Pro | 19 € a month |\n| Pro, with a desk | 29 € a month |",
		"ship.md":  "# Delivery\n\n## How long the warranty lasts\n\nIt is for two years.\n\n## Rates\n\n| Country | Costs | Days |\n|---|---|---|\n| Czechia | 8 | 3 |\n| Iceland | 24 | 7 |",
	})
	asks(t, ix, map[string]string{
		"price of pro": "plans.md", "What is the price of Pro?": "plans.md", "how much is pro": "plans.md", "pro": "plans.md",
		"How long to Iceland": "ship.md", "how long is the warranty": "ship.md", "how long does a cat sleep": "",
	})
	if found := ix.Search("How long to Iceland", 1); len(found) == 0 || found[0].Heading != "Rates" {
		t.Errorf("found %+v", found)
	}
	both := load(t, map[string]string{
		"en.md": "# Plans\n\nThe Pro plan is for those who want more than the Basic plan, which is for all.",
		"cs.md": "# Doprava\n\nDoprava stojí 99 Kč a můžete ji zaplatit, jak chcete, když je zboží u vás.",
	})
	asks(t, both, map[string]string{"how much is pro": "en.md", "kolik stojí doprava pro nás?": "cs.md"})
	asks(t, load(t, map[string]string{
		"plans.md": "# Plans\n\n" + strings.Repeat("| Plan | Price | Seats | Storage | Support | Term |\n|---|---|---|---|---|---|\n| Basic | 5 | One | Small | Mail | Year |\n| Pro | 19 | Five | Large | Phone | Year |\n\n", 2),
		"a.md":     "# Returns\n\nYou can send it back to us within 30 days, and we will pay for the parcel. This is what we do for all of you.",
	}), map[string]string{"pro price": "plans.md", "pro seats": "plans.md"})
}

// What is allowed, included or accepted is asked of any subject, and pages say it in many ways.
func TestAskingWhetherItIsAllowedIsAboutTheSubject(t *testing.T) {
	asks(t, load(t, map[string]string{"a.md": "# Haustiere\n\nHunde sind uns willkommen, und Katzen auch.", "b.md": "# Frühstück\n\nDas Frühstück gibt es von sieben bis zehn Uhr, und es ist für alle Gäste."}), map[string]string{
		"Sind Haustiere erlaubt?": "a.md", "Ist das Frühstück inklusive?": "b.md", "Sind Raucher erlaubt?": "",
	})
	asks(t, load(t, map[string]string{"a.md": "# Animaux\n\nLes chiens sont les bienvenus chez nous, et les chats aussi.", "b.md": "# Parking\n\nLe parking est derrière la maison, et il est pour tous les clients."}), map[string]string{
		"Les animaux sont-ils acceptés ?": "a.md", "le parking est-il compris ?": "b.md", "Les fumeurs sont-ils acceptés ?": "",
	})
}

func TestACompoundIsFoundByItsShortForm(t *testing.T) {
	asks(t, load(t, map[string]string{"a.md": "# お支払い\n\nカード、コンビニ払い、代金引換がご利用いただけます。", "b.md": "# 返品\n\n商品が到着したら、返品できます。"}), map[string]string{
		"代引き": "a.md", "代引きは使えますか": "a.md", "代引きできますか？": "a.md", "代金引換": "a.md", "商引": "",
	})
	asks(t, load(t, map[string]string{"a.md": "# 环境保护\n\n我们重视环境保护，使用可回收的包装。", "b.md": "# 退货\n\n七天内可以退货。"}), map[string]string{
		"你们环保吗": "a.md", "环保": "a.md", "猫粮": "",
	})
}
