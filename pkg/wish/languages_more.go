package wish

import "slices"

// languages are those in which wishes are understood.
var languages = slices.Concat(western, northern, eastern, further, tight)

// northern are Dutch, Swedish, Polish, Czech, Ukrainian, Russian and Greek.
var northern = []language{
	compile(forms{ // Dutch
		persons: `mens persoon medewerker agent iemand klantenservice operator adviseur vertegenwoordiger helpdesk collega`,
		before:  `en|maar|nee|dus|sorry|goedemorgen|goedemiddag|goedenavond|hoi|stop|help|ik zei`,
		after:   `spreken|praten|chatten|verbonden worden|worden|verbinden|doorverbinden|doorverbonden worden|direct|hier|graag|alsjeblieft|live|niet (?:met )?een (?:bot|robot)|en niet .*|over .*|van (?:jullie|uw) team|nodig|krijgen|hebben|die .*`,
		who:     `(?:(?:een|de|het|uw|jullie|andere) )?(?:(?:echte?|menselijke?|levende?|ander|andere|live) )*(?:mens(?:en)?|persoon|medewerk(?:er|ster)|agent|iemand|klantenservice(?: medewerker)?|operator|adviseur|vertegenwoordiger|helpdesk|collega)`,
		wants:   `(?:ik|wij|we) (?:wil|willen|wil graag|zou graag|zou|moet|kan|heb|wens)|(?:kan|kunnen|mag|kunt|kun|zou|wilt) (?:ik|u|je|jij|we|jullie)|graag|nu|even|mij|me|gewoon|toch|is het mogelijk om|laat me|wil graag|liever`,
		wishes: []string{
			`{I}(?:met|aan) {W}(?: te)? {I}(?:spreken|praten|chatten|verbonden worden|verbinden|overleggen|in contact komen)`,
			`{I}(?:spreken|praten|chatten|verbind|verbind mij|verbind me|verbindt u mij|contact|doorverbinden)(?: door)? met {W}(?: door)?`,
			`{I}{W} (?:spreken|aan de lijn|nodig)`,
			`(?:ik )?(?:wil|wil graag|heb|zoek)(?: graag)? {W}(?: nodig)?|geef (?:me|mij) {W}|verbind (?:me|mij)(?: door)? met {W}`,
			`(?:een |met een )?(?:echt mens|echte persoon|echt persoon|medewerker|mens|operator|klantenservice|menselijke medewerker)|escaleren`,
		},
		veto: `^(?:hoe|wat|waarom|wanneer|wie|ben|bent|is (?:dit|er)|als) .*|(?:^| )(?:geen|niet met een (?:mens|medewerker)|zonder|nooit)(?: |$).*(?:mens|medewerker|persoon|agent|iemand)`,
	}),
	compile(forms{ // Swedish
		persons: `manniska person handlaggare kundtjanst nagon agent support operator medarbetare radgivare`,
		before:  `och|men|nej|sa|ursakta|god morgon|hjalp|stopp`,
		after:   `direkt|har|istallet|nu|pa riktigt|inte (?:med )?en (?:bot|robot)|och inte .*|om .*|tack`,
		who:     `(?:(?:en|ett|nagon|er|riktig|annan) )?(?:(?:riktig|verklig|levande|mansklig|annan) )*(?:manniska|person|handlaggare|kundtjanst(?:medarbetare)?|nagon|agent|support|operator|medarbetare|radgivare)`,
		wants:   `(?:jag|vi) (?:vill|skulle vilja|behover|onskar|maste|vill garna)|(?:kan|far|skulle) (?:jag|du|ni|vi)(?: kunna)?|vill|bara|garna|mig|fa|lat mig|ar det mojligt att|helst`,
		wishes: []string{
			`{I}(?:prata|tala|chatta|snacka|komma i kontakt|bli kopplad|skriva|koppla mig|koppla|kopplas)(?: (?:direkt|vidare))? (?:med|till) {W}`,
			`(?:jag )?(?:vill ha|behover|vill) {W}|ge mig {W}`,
			`(?:en )?(?:(?:riktig|mansklig) )?(?:manniska|person|handlaggare|kundtjanst|medarbetare|mansklig agent)`,
		},
		veto: `^(?:hur|vad|varfor|nar|vem|ar du|ar det|om) .*|(?:^| )(?:inte|ingen|utan|aldrig) (?:prata|tala|ha|med en (?:manniska|person))?.*(?:manniska|person|agent)`,
	}),
	compile(forms{ // Polish
		persons: `czlowiek konsultant osob pracownik agent operator kims obslug doradc przedstawiciel`,
		before:  `i|ale|nie wiem|wiec|przepraszam|dobry wieczor|czesc|pomocy|halo|stop`,
		after:   `na zywo|bezposrednio|tutaj|natychmiast|a nie .*|nie z botem|w sprawie .*|przez telefon|pilnie|jak najszybciej`,
		who:     `(?:(?:jakims|jakas|zywym|zywa|prawdziwym|prawdziwa|inna|innym|waszym|zywego|prawdziwego|prawdziwej|realna|realnym) )*(?:czlowiekiem|czlowieka|czlowiek|konsultant(?:em|a|ka|ki)?|osoba|osobe|osoby|pracownik(?:iem|a)?(?: obslugi)?|agent(?:em|a)?|operator(?:em|a)?|kims(?: innym)?|obsluga(?: klienta)?|obsluge(?: klienta)?|biurem obslugi klienta|doradca|doradce|przedstawicielem)`,
		wants:   `(?:chce|chcialbym|chcialabym|chcemy|potrzebuje|wole|wolalbym|zadam|prosze o|prosze|musze|moge|mozna|czy moge|czy mozna|czy mozecie|moglbym|moglabym|czy moglbym|czy moglabym|mozecie|teraz|mnie|byc|od razu)`,
		wishes: []string{
			`{I}(?:rozmawiac|porozmawiac|pogadac|rozmowa|rozmowe|rozmowy|polaczenie|polaczyc|polacz|polaczcie|polaczenia|kontakt|kontaktu|skontaktowac|skontaktowac sie|pisac|czatowac|przelacz|przelaczyc|przekierowac|przekieruj|przelaczcie)(?: (?:mnie|sie))* (?:z|ze|do|na) {W}`,
			`(?:chce|chcialbym|potrzebuje|prosze o|dajcie mi|daj mi|poprosze|zawolaj|wezwij|chcialabym) {W}`,
			`(?:zywy |prawdziwy )?(?:konsultant(?:a|ka|ke)?|operatora|czlowiek|operator|pracownik|obsluga klienta)|zywa osoba|prawdziwa osoba`,
		},
		veto: `^(?:jak|co|dlaczego|kiedy|kto|czy (?:jestes|to|rozmawiam|jest)|jesli|gdzie) .*|(?:^| )(?:nie chce|nie potrzebuje|bez|nigdy) .*`,
	}),
	compile(forms{ // Czech
		persons: `clovek operator osob nekym pracovnik agent podpor zastupc poradc zakaznick`,
		before:  `a|ale|tak|prominte|dobry vecer|ahoj|pomoc|stop`,
		after:   `primo|tady|okamzite|a ne .*|ne s botem|ohledne .*|po telefonu|nazivo`,
		who:     `(?:(?:nejakym|zivym|skutecnym|realnym|jinym|vasim|skutecneho|ziveho|skutecnou|zivou) )*(?:clovekem|cloveka|clovek|operator(?:em|a|kou|ku)?|osobou|osobu|nekym(?: jinym)?|pracovnik(?:em|a)?(?: podpory)?|agent(?:em|a)?|podporou|zastupcem|poradcem|zakaznickou podporou|zakaznickym servisem)`,
		wants:   `(?:chci|chtel bych|chtela bych|potrebuji|potrebuju|radeji|mohu|muzu|muzete|mohl bych|mohla bych|mohli byste|musim|zadam|je mozne|lze|mne|me|bych|rad bych|rada bych)`,
		wishes: []string{
			`{I}(?:mluvit|hovorit|promluvit|promluvit si|si promluvit|komunikovat|chatovat|spojit|spojte|spojte me|spoj me|prepojte|prepojte me|prepojit|propojit|psat si|kontakt|spojeni)(?: (?:me|mne))? (?:s|se|na) {W}`,
			`(?:chci|potrebuji|potrebuju|dejte mi|zavolejte|chtel bych|chtela bych) {W}`,
			`(?:zivy |skutecny )?(?:operator|clovek)|ziva osoba|zakaznicka podpora`,
		},
		veto: `^(?:jak|co|proc|kdy|kdo|jsi|jste|je to|pokud|kde|mluvim) .*|(?:^| )(?:nechci|nepotrebuji|bez|nikdy) .*`,
	}),
	compile(forms{ // Russian
		persons: `человек оператор сотрудник менеджер специалист консультант поддержк кем живы живог представител агент`,
		before:  `и|а|но|ну|так|извините|простите|добрый день|доброе утро|добрый вечер|алло|стоп|помогите|да|я сказал|уже`,
		after:   `напрямую|здесь|немедленно|быстрее|побыстрее|уже|а не .*|не с ботом|по поводу .*|насчет .*|по телефону|можно|можно ли|если можно|хочу|нужен|нужна|позовите|дайте|мне|наконец|из поддержки|поддержки|вместо бота`,
		who:     `(?:(?:живым|живого|живой|реальным|реального|настоящим|настоящего|другим|вашим|любым|каким нибудь|живому) )*(?:человеком|человека|человек|человеку|людьми|оператор(?:ом|а|у)?|сотрудник(?:ом|а|у)?|менеджер(?:ом|а|у)?|специалист(?:ом|а|у)?|консультант(?:ом|а|у)?|поддержкой|поддержку|службой поддержки|службу поддержки|технической поддержкой|техподдержкой|кем нибудь|кем то|представител(?:ем|я)|агент(?:ом|а)|живым)(?: поддержки)?`,
		wants:   `(?:я )?(?:хочу|хотел бы|хотела бы|желаю|могу|можно|можно мне|можно ли|могу ли я|могу я|нужно|надо|мне нужно|мне надо|предпочитаю|требую|прошу|хотелось бы|мне бы|необходимо|мы хотим|дайте|дай|позвольте|как можно скорее|просто|срочно|вы можете|можете|не могли бы вы|могли бы вы|меня|мне)`,
		wishes: []string{
			`{I}(?:говорить|поговорить|пообщаться|общаться|связаться|связь|соединиться|побеседовать|переписываться|чат|разговор|написать|обратиться|поговорить напрямую|разговаривать|пообщаться напрямую) (?:с|со|к) {W}`,
			`{I}(?:соедините|соедини|переключите|переключи|свяжите|свяжи|переведите|переведи|переключить|перевести|соединить|связать)(?: (?:меня|мне|пожалуйста|нас))* (?:с|со|на|к) {W}`,
			`(?:позовите|позови|дайте|дай|пригласите|нужен|нужна|мне нужен|мне нужна|мне нужно|требуется|хочу|вызовите|подключите|подключи|зовите|давайте|требую)(?: мне)? {W}`,
			`{W} (?:нужен|позовите|дайте|на связь|подключите)`,
			`{I}(?:живого )?(?:оператора|человека|менеджера|сотрудника|консультанта)`,
			`(?:живой |реальный |настоящий )?(?:оператор|человек|живой человек|консультант|менеджер|сотрудник|специалист)|оператора|человека|служба поддержки|эскалация|эскалируйте|эскалировать`,
		},
		veto: `^(?:как|что|почему|когда|кто|ты|вы (?:человек|оператор|бот|живой)|это|если|где|сколько|зачем|я (?:говорю|разговариваю)) ?.*|(?:^| )(?:не (?:хочу|надо|нужен|нужно|нужна|зовите|соединяйте)|без|никогда) .*|(?:^| )не (?:надо|нужно|нужен)$`,
	}),
	compile(forms{ // Ukrainian
		persons: `людин оператор працівник менеджер спеціаліст консультант підтримк кимось представник`,
		before:  `і|та|але|ну|так|вибачте|добрий ранок|добрий вечір|алло|стоп|допоможіть`,
		after:   `напряму|тут|негайно|швидше|а не .*|не з ботом|щодо .*|по телефону|можна|потрібен|покличте|підтримки`,
		who:     `(?:(?:живою|живу|жива|реальною|справжньою|іншою|вашим|якимось) )*(?:людиною|людину|людина|оператор(?:ом|а|у)?|працівник(?:ом|а)?|менеджер(?:ом|а)?|спеціаліст(?:ом|а)?|консультант(?:ом|а)?|підтримкою|службою підтримки|кимось|представник(?:ом|а))(?: підтримки)?`,
		wants:   `(?:я )?(?:хочу|хотів би|хотіла б|бажаю|можу|можна|можна мені|чи можна|чи можу я|потрібно|треба|мені потрібно|мені треба|прошу|вимагаю|дайте|дозвольте|терміново|ви можете|можете|мене|мені|б|би)`,
		wishes: []string{
			`{I}(?:говорити|поговорити|поспілкуватися|поспілкуватись|спілкуватися|зв язатися|зв язатись|зв язок|з єднатися|розмовляти|чат|написати|звернутися|порозмовляти) (?:з|із|зі|до) {W}`,
			`{I}(?:з єднайте|з єднай|переключіть|переключи|зв яжіть|зв яжи|переведіть|перемкніть)(?: (?:мене|мені|будь ласка))* (?:з|із|зі|на|до) {W}`,
			`(?:покличте|поклич|дайте|дай|запросіть|потрібен|потрібна|мені потрібен|мені потрібна|хочу|викличте|підключіть)(?: мені)? {W}`,
			`(?:живий |реальний )?(?:оператор|консультант|менеджер|працівник)|(?:жива |реальна )?людина|{I}(?:оператора|людину|менеджера|консультанта)|оператора|служба підтримки`,
		},
		veto: `^(?:як|що|чому|коли|хто|ти|ви (?:людина|оператор|бот)|це|якщо|де|скільки|чи (?:ви|ти|це)) ?.*|(?:^| )(?:не (?:хочу|треба|потрібен|потрібно|кличте)|без|ніколи)(?: |$).*`,
	}),
	compile(forms{ // Greek
		persons: `ανθρωπο εκπροσωπο υπαλληλο καποιον πρακτορα χειριστη συμβουλο εξυπηρετηση προσωπο υποστηριξη`,
		before:  `και|αλλα|συγγνωμη|καλημερα|καλησπερα|βοηθεια`,
		after:   `απευθειας|εδω|αμεσα|οχι (?:με )?(?:ενα )?(?:ρομποτ|bot|μποτ)|και οχι .*|για .*`,
		who:     `(?:(?:εναν|ενα|μια|καποιον|καποια|τον|την|πραγματικο|αληθινο|αλλον) )*(?:ανθρωπο|ανθρωπος|εκπροσωπο|εκπροσωπος|υπαλληλο|υπαλληλος|καποιον|πρακτορα|χειριστη|χειριστης|συμβουλο|εξυπηρετηση πελατων|υποστηριξη)`,
		wants:   `(?:θελω|θα ηθελα|μπορω|μπορω να|χρειαζομαι|να|επιθυμω|προτιμω|μπορειτε|μπορειτε να|γινεται|πρεπει|με)`,
		wishes: []string{
			`{I}(?:μιλησω|μιλαω|συνομιλησω|επικοινωνησω|συνδεσετε|συνδεθω|συνδεστε|συνδεσε)(?: με)? (?:με|σε) {W}`,
			`(?:θελω|χρειαζομαι|φωναξτε|δωστε μου) {W}`,
			`(?:πραγματικος |αληθινος )?(?:ανθρωπος|ανθρωπο|εκπροσωπος|χειριστης)|εξυπηρετηση πελατων`,
		},
		veto: `^(?:πως|τι|γιατι|ποτε|ποιος|εισαι|ειστε|αν) .*|(?:^| )(?:δεν|χωρις|ποτε) .*`,
	}),
}

// eastern are Turkish, Indonesian, Vietnamese, Hindi, Bengali, Urdu, Arabic and Persian.
var eastern = []language{
	compile(forms{ // Turkish
		persons: `insan temsilci yetkili biri kisi operator musteri_hizmet canli_deste danisman calisan personel gorevli`,
		before:  `ve|ama|hayır|o zaman|pardon|günaydın|iyi günler|selam|yardım|yeter|evet`,
		after:   `istiyorum|isterim|istiyoruz|lütfen|mümkün mü|mi|mu|miyim|hemen|burada|doğrudan|bot değil|robot değil|rica ediyorum|rica ederim|lazım|gerekiyor|acil|olur mu`,
		who:     `(?:(?:bir|gerçek|canlı|başka|gerçek bir|canlı bir) )*(?:insan(?:la|a|ı)?|(?:müşteri )?temsilci(?:si|niz|nizle|siyle|yle|ye|sine|yi|sini|ile)?(?: ile)?|yetkili(?:yle|ye|niz)?|(?:yetkili )?biri(?:yle|ne|si|siyle|sine)?|kişi(?:yle|ye|siyle)?|operatör(?:le|e|ü|ünüzle)?|müşteri hizmetleri(?:yle|ne|ni)?|canlı destek|canlı desteğe|danışman(?:la|a)?|çalışan(?:la|a|ınızla)?|personel(?:le|e)?|görevli(?:yle|ye)?)(?: ile)?`,
		wants:   `ben|biz|bana|beni|şimdi|lütfen|artık|sadece|hemen|direkt|doğrudan`,
		wishes: []string{
			`{I}{W} (?:{I})(?:konuşmak|görüşmek|yazışmak|konuşabilir miyim|görüşebilir miyim|konuşmam lazım|konuşmam gerek|görüşmem lazım|bağlanmak|bağlan|bağla|bağlayın|bağlar mısınız|bağlayabilir misiniz|bağlar mısın|aktar|aktarın|aktarır mısınız|yönlendirin|yönlendirir misiniz|iletişime geçmek|sohbet etmek|konuşayım|konuşabilirmiyim|konuşma|bağlantı)`,
			`{I}{W} (?:istiyorum|lazım|çağırın|çağır|verin|gerekiyor|rica ediyorum)`,
			`gerçek bir insan|gerçek insan|(?:gerçek |canlı )?(?:müşteri temsilcisi|temsilci|operatör|canlı destek|müşteri hizmetleri|yetkili)|canlı (?:birine|biri)|gerçek (?:kişi|biri)`,
		},
		veto: `^(?:nasıl|ne |neden|niye|kim|kaç|sen |eğer) ?.*|(?:^| )(?:istemiyorum|değil mi|misin|misiniz|musun|gerek yok|olmadan|yok)$|(?:^| )istemiyorum`,
	}),
	compile(forms{ // Indonesian and Malay
		persons: `manusia orang agen operator petugas seseorang staf admin customer_service layanan_pelanggan perwakilan cs pegawai ejen`,
		before:  `dan|tapi|maaf|jadi|selamat pagi|selamat siang|selamat sore|selamat malam|min|pak|bu|kak|stop|hai|ok`,
		after:   `langsung|di sini|segera|asli|sungguhan|beneran|bukan (?:dengan )?(?:bot|robot|mesin)|ya|dong|kak|min|tentang .*|soal .*|lewat telepon|boleh|bisa|secepatnya|nyata`,
		who:     `(?:(?:seorang|se orang|salah satu|pihak|tim|para) )*(?:manusia|orang|agen|operator|petugas|seseorang|staf|admin|customer service|layanan pelanggan|perwakilan|cs|pegawai|ejen|khidmat pelanggan)(?: (?:asli|sungguhan|nyata|beneran|manusia|lain|cs|kalian|anda|sebenar|layanan pelanggan|sebenarnya))*`,
		wants:   `(?:saya|aku|kami|gue|gw)(?: (?:ingin|mau|perlu|butuh|bisa|harus|minta|boleh|nak|hendak|lebih suka|pengen))*|(?:bisa|boleh|dapat|bisakah|bolehkah|dapatkah)(?: (?:saya|aku|anda|kamu))?|ingin|mau|perlu|minta|pengen|nak|biarkan saya|langsung|segera`,
		wishes: []string{
			`{I}(?:bicara|berbicara|ngobrol|mengobrol|chat|ngomong|berbincang|terhubung|dihubungkan|bercakap|cakap|menghubungi|hubungi)(?: (?:langsung))? ?(?:dengan|sama|ke|dgn|sm)? {W}`,
			`{I}(?:hubungkan|sambungkan|alihkan|teruskan|transfer|oper|disambungkan|sambung|pindahkan)(?: (?:saya|aku|ini))? (?:dengan|ke|kepada) {W}`,
			`(?:saya |aku )?(?:butuh|perlu|minta|mau|ingin|panggil|panggilkan|berikan saya)(?: (?:bantuan|dari|bicara))* {W}`,
			`(?:agen|operator|petugas|customer service|manusia|admin|layanan pelanggan|orang asli|orang beneran|agen manusia|cs)`,
		},
		veto: `^(?:bagaimana|apa|apakah|kenapa|mengapa|kapan|siapa|kalau|jika|berapa|gimana|di mana) .*|(?:^| )(?:tidak|nggak|gak|ga|jangan|tanpa|bukan manusia|tak) .*`,
	}),
	compile(forms{ // Vietnamese
		persons: `nguoi nhan_vien tu_van ho_tro tong_dai dien_vien`,
		before:  `va|nhung|xin loi|da|alo|chao ban|chao|toi noi|oi|ad`,
		after:   `that|duoc khong|duoc ko|khong|duoc|truc tiep|ngay|nhe|nha|a|voi|di|gap|day|khong phai (?:bot|robot|may)|ve .*|giup toi|giup`,
		who:     `(?:(?:mot|cac|1|ban) )?(?:nguoi(?: (?:that|tu van|ho tro|phu trach|dai dien|thuc))*|con nguoi|nhan vien(?: (?:ho tro|tu van|cham soc khach hang|cskh|that|truc))*|tu van vien|tong dai vien|tong dai|dien thoai vien|bo phan ho tro|cham soc khach hang|ho tro vien|ai do)`,
		wants:   `(?:toi|minh|em|anh|chi|chung toi)|muon|can|co the|hay|cho toi|cho minh|cho em|cho|xin|duoc|lam on|yeu cau|de toi|toi muon duoc`,
		wishes: []string{
			`{I}(?:noi chuyen|tro chuyen|chat|gap|trao doi|lien he|noi|lien lac|nhan tin|ket noi|noi may|chuyen|chuyen may|chuyen sang|chuyen cho|ket noi toi|goi)(?: (?:toi|minh|truc tiep))?(?: (?:voi|den|toi|cho|sang|qua|vs))? {W}`,
			`(?:toi |minh )?(?:can|muon) (?:duoc )?(?:gap )?{W}(?: (?:ho tro|giup|tu van).*)?`,
			`(?:nhan vien(?: (?:ho tro|tu van))?|tu van vien|nguoi that|tong dai vien|con nguoi)`,
		},
		veto: `^(?:lam (?:the nao|sao)|tai sao|khi nao|ai|ban co phai|co phai|neu|bao nhieu|day la) .*|(?:^| )(?:khong muon|khong can|dung|khong phai nguoi) .*`,
	}),
	compile(forms{ // Hindi
		persons: `इंसान व्यक्ति एजेंट ऑपरेटर प्रतिनिधि किसी_से आदमी कर्मचारी कस्टमर_केयर ग्राहक_सेवा insan insaan agent vyakti manushya kisi`,
		before:  `और|लेकिन|नहीं तो|माफ़ कीजिए|हेलो|जी|भाई|अरे|aur|lekin|ji|bhai`,
		after:   `है|हूं|हूँ|चाहता|चाहती|चाहते|हैं|सकता|सकती|सकते|क्या|से|मदद|जी|अभी|तुरंत|सीधे|hai|hoon|hun|hu|chahta|chahti|chahiye|ab|abhi|please|kya|sakta|sakti|sakte|दीजिए|दो|करें|करो`,
		who:     `(?:(?:एक|किसी|असली|वास्तविक|जीवित|सच्चे|दूसरे|लाइव|मानव|ek|kisi|asli|real|live) )*(?:इंसान|इन्सान|व्यक्ति|एजेंट|ऑपरेटर|प्रतिनिधि|आदमी|कर्मचारी|कस्टमर केयर|ग्राहक सेवा(?: प्रतिनिधि)?|मनुष्य|किसी|insan|insaan|agent|vyakti|aadmi|customer care|representative|kisi|person|human)`,
		wants:   `मैं|मुझे|मेरी|हम|हमें|क्या मैं|क्या|main|mai|mujhe|meri|hum|kya main|kya|अब|सीधे|तुरंत`,
		wishes: []string{
			`{I}{W} (?:से|के साथ|को|se|ke saath|ke sath|ko) {I}(?:बात|संपर्क|चैट|कनेक्ट|बातचीत|जोड़|जोड़ें|जोड़ो|जोड़िए|मिलना|मिलाओ|मिलाइए|बुलाओ|बुलाइए|बात करा|baat|bat|chat|connect|contact|jodo|milao|bulao)(?: (?:करना|करनी|करने|करा|करवा|करवाइए|कराइए|करवाओ|कराओ|करवा|कर|करवाना|की|दीजिए|दो|करें|करो|karna|karni|karne|kara|karwa|karwao|karao|kar|do|dijiye|karo|karen|karwaiye))*`,
			`{I}{W} (?:चाहिए|दीजिए|दो|chahiye|do|se baat)`,
			`(?:असली |कोई )?(?:इंसान|एजेंट|ऑपरेटर|प्रतिनिधि|कस्टमर केयर|ग्राहक सेवा)`,
		},
		veto: `(?:नहीं|मत|कैसे|क्यों|अगर|nahi|nahin|mat|kaise|kyun|agar)(?: |$)|^क्या (?:आप|यह|तुम)|^kya (?:aap|yeh|ye|tum)`,
	}),
	compile(forms{ // Bengali
		persons: `মানুষ এজেন্ট প্রতিনিধি কারো_সাথে কারও_সাথে ব্যক্তি অপারেটর কর্মী কাস্টমার`,
		before:  `এবং|কিন্তু|না তো|দুঃখিত|ভাই|জি|হ্যাঁ`,
		after:   `চাই|চাইছি|পারি|পারি কি|কি|এখন|এখনই|সরাসরি|দিন|দাও|হবে|করুন|দরকার`,
		who:     `(?:(?:একজন|কোনো|কোন|আসল|প্রকৃত|সত্যিকারের|লাইভ|বাস্তব|জীবন্ত) )*(?:মানুষের|মানুষ|এজেন্টের|এজেন্ট|প্রতিনিধির|প্রতিনিধি|কারো|কারও|ব্যক্তির|অপারেটরের|অপারেটর|কর্মীর|কাস্টমার কেয়ার(?:ের)?|কাস্টমার সার্ভিস(?:ের)?|কাস্টমার কেয়ারের)`,
		wants:   `আমি|আমাকে|আমার|আমরা|কি|সরাসরি|এখনই`,
		wishes: []string{
			`{I}{W} (?:সাথে|সঙ্গে|কাছে) {I}(?:কথা|যোগাযোগ|চ্যাট|সংযোগ|সংযুক্ত|কানেক্ট)(?: (?:বলতে|বলব|করতে|করব|বলা|বলান|করুন|করে|করান|বলিয়ে|করিয়ে|যাবে))*`,
			`{I}{W} (?:চাই|দরকার|দিন|লাগবে|ডাকুন)`,
			`(?:আসল )?(?:মানুষ|এজেন্ট|প্রতিনিধি|অপারেটর|কাস্টমার কেয়ার)`,
		},
		veto: `(?:^| )(?:না|নয়|কিভাবে|কীভাবে|কেন|যদি|নই)(?: |$)|^(?:আপনি|তুমি) কি `,
	}),
	compile(forms{ // Urdu
		persons: `انسان نمائندے نمائندہ ایجنٹ آپریٹر کسی شخص آدمی کسٹمر`,
		before:  `اور|لیکن|جی|معاف کیجیے|ہیلو`,
		after:   `ہے|ہوں|چاہتا|چاہتی|چاہتے|ہیں|سکتا|سکتی|کیا|ابھی|فوراً|براہ راست|دیں|دو|کریں`,
		who:     `(?:(?:ایک|کسی|اصلی|حقیقی|زندہ|اصل) )*(?:انسان|نمائندے|نمائندہ|ایجنٹ|آپریٹر|شخص|آدمی|کسٹمر سروس|کسٹمر کیئر|کسی)`,
		wants:   `میں|مجھے|میری|ہم|ہمیں|کیا میں|کیا|اب|براہ راست`,
		wishes: []string{
			`{I}{W} (?:سے|کے ساتھ|کو) {I}(?:بات|رابطہ|چیٹ|گفتگو|ملا|ملائیں|ملا دیں|جوڑ|جوڑیں|بلائیں|بلاؤ)(?: (?:کرنا|کرنی|کرنے|کروا|کرا|کروائیں|کرائیں|کر|دیں|دو|کریں|کرو))*`,
			`{I}{W} (?:چاہیے|چاہئے|دیں|درکار)`,
			`(?:اصلی )?(?:انسان|ایجنٹ|نمائندہ|آپریٹر|کسٹمر سروس|کسٹمر کیئر)`,
		},
		veto: `(?:^| )(?:نہیں|مت|کیسے|کیوں|اگر)(?: |$)|^کیا (?:آپ|یہ|تم)`,
	}),
	compile(forms{ // Arabic
		persons: `موظف شخص انسان إنسان بشر ممثل مندوب خدمة_العملاء وكيل مشغل أحد مسؤول الدعم حدا حد مستشار بني`,
		before:  `و|لكن|عفوا|صباح الخير|مساء الخير|أهلا|يا|طيب|نعم|مساعدة|كفى|اهلا`,
		after:   `مباشرة|هنا|حالا|فورا|حقيقي|حقيقية|بدلا .*|وليس .*|ليس (?:مع )?(?:روبوت|بوت)|بخصوص .*|بشأن .*|من فضلكم|ممكن|بشري|لو سمحتم|هل يمكن|ضروري`,
		who:     `(?:(?:أي|احد|أحد) )?(?:ال)?(?:موظف(?:ين|ة|ا)?|موظفي|شخصا|شخص|انسان|إنسان|بشر|ممثل|مندوب|خدمة العملاء|خدمة عملاء|خدمة الزبائن|وكيل|مشغل|أحد|مسؤول|دعم(?: الفني)?|حدا|حد|مستشار|بني ادم|فريق الدعم)(?: (?:حقيقيا|حقيقي|حقيقية|بشري|الدعم|خدمة العملاء|ما|آخر|اخر|العملاء|الموظفين|خدمه العملاء|فعلي))*`,
		wants:   `(?:أنا )?(?:أريد|اريد|أود|اود|أرغب في|ارغب في|أرغب ب|أحتاج|احتاج|أحتاج إلى|أفضل|أطلب|ممكن|هل يمكنني|هل يمكن|يمكنني|هل أستطيع|أستطيع|عايز|عاوز|عايزه|ابغى|أبغى|ابي|أبي|بدي|نريد|محتاج|ودي|بغيت|يجب|دعني|أريد أن|من الممكن|هل ممكن)|أن|ان|الآن|فقط`,
		wishes: []string{
			`{I}(?:التحدث|اتحدث|أتحدث|الحديث|التكلم|اتكلم|أتكلم|أكلم|اكلم|التواصل|أتواصل|اتواصل|الكلام|المحادثة|محادثة|تحدث|كلم|أحكي|احكي|الدردشة|تكلم|الاتصال|مكالمة|تواصل)(?: (?:مباشرة))?(?: (?:مع|الى|إلى|ب))? {W}`,
			`{I}(?:حولني|حولوني|وصلني|وصلوني|أوصلني|اربطني|تحويلي|تحويل|حولني لي|التحويل|توصيلي|حول المحادثة|أن تحولني|توصلني|تحولني)(?: (?:إلى|الى|ل|مع|علي|ب))? ?(?:ل)?{W}`,
			`{I}(?:(?:مساعدة|من) )*{W}`,
		},
		veto: `^(?:كيف|ماذا|لماذا|متى|من (?:أنت|انت)|هل (?:أنت|انت|هذا|يوجد|تتحدث)|إذا|كم|أين|ما) ?.*|(?:^| )(?:لا|لن|بدون|ليس(?:ت)? ضرور.*|مش) (?:أريد|اريد|أحتاج|أرغب|عايز)?.*`,
	}),
	compile(forms{ // Persian
		persons: `انسان اپراتور پشتیبان کارشناس شخص نفر کسی آدم نماینده کارمند`,
		before:  `و|اما|ولی|ببخشید|خب|بله`,
		after:   `کنم|می ?خواهم|میخوام|لطفا|واقعی|هست|مستقیم|همین الان|فوری|کنید|شوم|نه (?:با )?ربات|بدید|دارم`,
		who:     `(?:(?:یک|یه|هر) )?(?:انسان|اپراتور|پشتیبان(?:ی)?|کارشناس(?:ی)?|شخص|نفر|کسی|آدم|نماینده|کارمند)(?: (?:واقعی|انسانی|پشتیبانی|شما|دیگر))*`,
		wants:   `من|می ?خواهم|میخوام|می ?خوام|لطفا|می ?توانم|میتونم|باید|مایلم|الان|رو|را|مرا|منو`,
		wishes: []string{
			`{I}(?:با|به) {W} {I}(?:صحبت|حرف|چت|ارتباط|گفتگو|تماس|وصل|وصلم|متصل)(?: (?:کنم|بزنم|برقرار کنم|کردن|کنید|کن|بشم|شوم|بگیرم|داشته باشم))*(?: (?:می ?خواهم|میخوام))?`,
			`{I}(?:صحبت|گفتگو|ارتباط|چت|وصلم|وصل)(?: (?:کنم|کنید|کن|شدن))? (?:با|به) {W}`,
			`{I}{W} (?:نیاز دارم|می ?خواهم|میخوام|بدید|لازم دارم)`,
			`(?:اپراتور|کارشناس|انسان واقعی|پشتیبان|آدم واقعی)`,
		},
		veto: `(?:^| )(?:نمی ?خواهم|نمیخوام|چطور|چگونه|چرا|اگر|نه)(?: |$)|^(?:آیا )?(?:شما|تو) `,
	}),
}

// tight are Chinese, Japanese, Korean and Thai: without spaces, or with spaces that are
// often left out.
var tight = []language{
	compile(forms{ // Chinese
		tight:   true,
		persons: `人工 真人 客服 活人 工作人员 工作人員 专员 專員 坐席 座席 接线员 接線員 经理 經理 主管 找人 跟人 和人 與人 与人 代表`,
		before:  `我想要|我想|我要|我需要|我希望|请帮我|麻烦|麻煩|帮我|幫我|可以|能不能|能否|可不可以|可否|是否可以|能|给我|給我|直接|快点|快點|赶紧|趕緊|想要|想|要|需要|立即|立刻|马上|馬上|现在|現在|给|給|帮忙|幫忙|让我|讓我|你们|你們|尽快|盡快|求|申请|申請|呼叫|我`,
		after:   `一下|吧|了|吗|嗎|啊|呢|好吗|好嗎|行吗|行嗎|可以吗|可以嗎|快点|快點|马上|馬上|现在|現在|谢谢你|拜托|拜託|帮助我|幫助我|帮我|幫我|解决问题|解決問題|处理|處理|不要机器人|不要機器人|咨询|諮詢|来|來`,
		who:     `(?:一个|一個|一位|个|個|位|真正的|真的|真实的|真實的|在线|在線|线上|線上|你们的|你們的|你们|你們)*(?:人工客服|人工服务|人工服務|人工坐席|人工座席|人工|真人客服|真人服务|真人服務|真人|在线客服|在線客服|线上客服|線上客服|客服人员|客服人員|客服专员|客服專員|客服代表|客服|活人|工作人员|工作人員|专员|專員|坐席|座席|接线员|接線員|经理|經理|主管|代表)`,
		wishes: []string{
			`(?:转接到|转接|转到|转去|转至|转给|转|轉接到|轉接|轉到|轉去|轉至|轉給|轉|接通|接入|接|联系|聯絡|聯繫|联络|找|呼叫|叫|换|換|切换到|切换|切換到|要|来|來|连接|連接|call)?(?:一个|一位)?{W}`,
			`(?:和|跟|与|與|同|找){W}(?:说话|說話|聊天|聊聊|聊|对话|對話|通话|通話|交谈|交談|沟通|溝通|谈谈|談談|谈|談|说|說|讲话|講話|联系|聯繫)`,
			`(?:和|跟|与|與|同|找)(?:真|活)?人(?:说话|說話|聊天|聊聊|聊|对话|對話|交谈|交談|沟通|溝通|谈|談|讲|講)`,
			`转人|轉人|{W}(?:服务|服務|接听|接聽)?`,
		},
	}),
	compile(forms{ // Japanese
		tight:   true,
		persons: `オペレータ 人間 担当 スタッフ 有人 係 カスタマーサ コンシェルジュ エージェント 責任者 上司 人と 人に 誰か サポート`,
		before:  `すみませんが|すいません|あの|はい|いいえ|私は|今すぐ|直接|できれば|至急|早く|とにかく|では|じゃあ`,
		after:   `お願い致します|お願いいたします|お願い|します|いたします|致します|です|ます|か|ね|よ|今すぐ|早く|ください|下さい|のですが|んですが|んだけど|けど|と思います`,
		who:     `(?:本物の|実際の|生身の|有人の|人間の|サポートの|別の|他の|誰か)*(?:オペレーター|オペレータ|人間|担当者|担当の方|担当の人|担当|スタッフ|有人の?チャット|有人対応|有人サポート|有人|係員|係の人|係の方|カスタマーサポート|カスタマーサービス|サポート担当者|サポートスタッフ|コンシェルジュ|エージェント|責任者|上司|誰か)(?:の方|さん|の人|様)?`,
		wishes: []string{
			`(?:{W}|人)(?:と|に|へ|とチャットで|と直接|に直接|と電話で)(?:話したい|話をしたい|話がしたい|話させて|話せます|話せる|話せません|お話ししたい|お話したい|お話しできます|話すことはできます|繋いで|つないで|つなげて|繋げて|つなぎ|代わって|かわって|替わって|変わって|チャットしたい|相談したい|連絡したい|問い合わせたい|接続して|接続したい|転送して|つながりたい|繋がりたい|つながります|変更して|切り替えて|対応してほしい|対応して)(?:ほしい|欲しい|もらえます|もらえません|もらいたい|いただけます|いただけません|頂けます|くれ|くれます|くれません|ください|下さい|の)*`,
			`{W}(?:を)?(?:呼んで|出して|お願い|希望|希望します|による対応を希望)(?:ほしい|欲しい|もらえます|いただけます|ください|下さい|くれ)*`,
			`(?:オペレーター|オペレータ|担当者|有人チャット|有人対応|有人|係員|カスタマーサポート|人間のオペレーター)(?:希望|対応)?`,
		},
		veto: `^(?:あなた|これは|ここは)|ではな|さないで|しないで|たくない|不要|(?:人間|人|オペレーター|オペレータ|担当者|スタッフ|係員|有人)(?:の方|さん|の人)?ですか$`,
	}),
	compile(forms{ // Korean
		tight:   true,
		persons: `상담 직원 사람 담당자 매니저 고객센터 고객서비스 책임자 관리자`,
		before:  `저기요|지금|빨리|바로|좀|그냥|저는|나는|혹시|네|아니요|당장|전화로`,
		after:   `요|지금|빨리|당장|좀|은요`,
		who:     `(?:진짜|실제|실시간|살아있는|고객센터|고객|전문|담당|다른|인간)*(?:상담원|상담사|상담직원|상담|직원|사람|담당자|매니저|고객센터|고객서비스|책임자|관리자|인간)(?:님|분)?`,
		wishes: []string{
			`{W}(?:과|와|이랑|랑|하고|에게|한테|을|를|으로|로|이|가|분과)?(?:직접|바로|좀|지금)*(?:연결|통화|이야기|얘기|대화|말|상담|바꿔|불러|호출|부탁|원해|원합니다|필요|채팅|문의)(?:을|를|좀|하고|이)*(?:부탁|부탁드려|부탁드립니다|부탁해|해|해주세요|해줘|해주실수있나요|해주실래요|해주시겠어요|주세요|줘|할수있나요|할수있을까요|할수있어|가능한가요|가능할까요|가능해|합니다|해요|싶어|싶어요|싶습니다|싶은데|싶은데요|싶다|하고싶어|하고싶어요|하고싶습니다|하고싶다|원합니다|원해|필요|시켜|시켜주세요|시켜줘|드립니다|하기|되나요|될까요)*`,
			`(?:상담원|상담사|상담직원|고객센터|실제사람|진짜사람)`,
		},
		veto: `(?:싫|말고|필요없|안|않|인가요|입니까|어떻게|왜|언제|누구|몇)`,
	}),
	compile(forms{ // Thai
		tight:   true,
		persons: `เจ้าหน้าที่ พนักงาน คน แอดมิน มนุษย์ โอเปอเรเตอร์ บริการลูกค้า ตัวแทน`,
		before:  `ขอให้|ขอ|ช่วย|ต้องการ|อยากจะ|อยาก|กรุณา|โปรด|ฉัน|ผม|ดิฉัน|หนู|เรา|จะ|รบกวน|สวัสดี|สามารถ|ครับ|ค่ะ|คะ|ให้`,
		after:   `จริงๆ|จริง|ๆ|หน่อย|ได้ไหม|ได้มั้ย|ได้หรือเปล่า|ครับ|ค่ะ|คะ|ด้วย|เดี๋ยวนี้|นะ|ตอนนี้|เลย|ที`,
		who:     `(?:เจ้าหน้าที่|พนักงาน|คนจริงๆ|คนจริง|แอดมิน|มนุษย์|โอเปอเรเตอร์|ฝ่ายบริการลูกค้า|บริการลูกค้า|ตัวแทน|คน)`,
		wishes: []string{
			`(?:คุย|พูดคุย|พูด|สนทนา|ติดต่อ|แชท|โอนสาย|โอน|ต่อสาย|เรียก|พบ|ต่อ|สาย)(?:สาย)?(?:กับ|หา|ไปยัง|ให้|ถึง|ไปที่|ไปหา)?{W}`,
			`(?:เจ้าหน้าที่|แอดมิน|โอเปอเรเตอร์|พนักงาน)`,
		},
		veto: `(?:ไม่อยาก|ไม่ต้อง|ไม่|อย่างไร|ยังไง|ทำไม)`,
	}),
}
