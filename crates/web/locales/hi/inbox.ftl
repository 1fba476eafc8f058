# बातचीत की सूची।
views = दृश्य
view-all = सभी
view-waiting = प्रतीक्षा में
conversations = बातचीत
rows-more = पुरानी बातचीत
row-ours = आप:
row-waits = प्रतीक्षा
row-window = समय
row-unread = { $count ->
    [one] { $count } अपठित संदेश
   *[other] { $count } अपठित संदेश
}
contact-unnamed = नाम नहीं
contact-no-number = नंबर नहीं
inbox-none = अभी कोई बातचीत नहीं
inbox-none-next = जब कोई आपके किसी नंबर पर लिखेगा, वह यहाँ तुरंत दिखेगा।
inbox-none-waiting = कोई प्रतीक्षा में नहीं है
inbox-none-waiting-next = सबको जवाब मिल चुका है।
inbox-choose = कोई बातचीत चुनें
inbox-choose-next = j और k से सूची में चलें, Enter से खोलें। ? सभी कुंजियाँ दिखाता है।
back-to-inbox = इनबॉक्स पर वापस

kind-text = पाठ
kind-image = तस्वीर
kind-video = वीडियो
kind-audio = आवाज़ या ध्वनि
kind-document = दस्तावेज़
kind-sticker = स्टिकर
kind-location = स्थान
kind-contacts = संपर्क कार्ड
kind-interactive = उत्तर
kind-button = उत्तर
kind-reaction = प्रतिक्रिया
kind-order = ऑर्डर
kind-system = सूचना
kind-unsupported = कुछ जो WhatsApp आगे नहीं देता
kind-welcome = चैट खोली गई
kind-edit = बदलाव
kind-withdrawal = वापस लिया गया संदेश
kind-template = टेम्पलेट
kind-call = कॉल
kind-placeholder = फ़ाइल जो बाद में आ सकती है
