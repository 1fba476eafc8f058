# قائمة المحادثات.
views = العروض
view-all = الكل
view-waiting = في الانتظار
conversations = المحادثات
rows-more = محادثات أقدم
row-ours = أنت:
row-waits = ينتظر
row-window = المهلة
row-unread = { $count ->
    [one] رسالة واحدة غير مقروءة
    [two] رسالتان غير مقروءتين
    [few] { $count } رسائل غير مقروءة
   *[other] { $count } رسالة غير مقروءة
}
contact-unnamed = بلا اسم
contact-no-number = بلا رقم
inbox-none = لا محادثات بعد
inbox-none-next = حين يكتب أحد إلى أحد أرقامك يظهر هنا فورًا.
inbox-none-waiting = لا أحد ينتظر
inbox-none-waiting-next = حصل الجميع على جواب.
inbox-choose = اختر محادثة
inbox-choose-next = يتنقل j و k في القائمة ويفتح Enter. يعرض ? كل المفاتيح.
back-to-inbox = رجوع إلى الوارد

kind-text = نص
kind-image = صورة
kind-video = فيديو
kind-audio = صوت
kind-document = مستند
kind-sticker = ملصق
kind-location = مكان
kind-contacts = بطاقة اتصال
kind-interactive = جواب
kind-button = جواب
kind-reaction = تفاعل
kind-order = طلب شراء
kind-system = إشعار
kind-unsupported = شيء لا يمرره WhatsApp
kind-welcome = فُتحت الدردشة
kind-edit = تعديل
kind-withdrawal = رسالة مسحوبة
kind-template = قالب
kind-call = مكالمة
kind-placeholder = ملف قد يتبع
