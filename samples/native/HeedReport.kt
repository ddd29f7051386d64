// Heed's report flow as one Kotlin file (Android 9, no library beside the platform's): drawn from GET /v1/report-flow,
// and a report made without a connection waits in a file and is sent later under its Idempotency-Key, so that it exists
// once.
//
// A starting point to copy, not a library: it has NOT been compiled or run by Heed's tests, which have no Android SDK.
// What it leaves out is left out on purpose: posts by link, the whole pile, evidence, the legal claim. For those, open
// the hosted page in a WebView by a link from POST /v1/report-links (docs/integrator/report-flow.md).
package org.example.heed

import android.content.Context
import android.view.View
import android.widget.Button
import android.widget.CheckBox
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.RadioGroup
import android.widget.ScrollView
import android.widget.TextView
import org.json.JSONArray
import org.json.JSONObject
import java.io.File
import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import java.util.UUID
import java.util.concurrent.Executors

private fun JSONArray?.objects(): List<JSONObject> = if (this == null) emptyList() else (0 until length()).map { getJSONObject(it) }
private fun JSONArray.strings(): List<String> = (0 until length()).map { getString(it) }

sealed class HeedAnswer {
  data class Taken(val receipt: JSONObject) : HeedAnswer()
  object Waiting : HeedAnswer()   // no connection, no answer, or too busy: it is kept and sent again
  object SignedOut : HeedAnswer() // kept until there is a good token
  data class Refused(val detail: String) : HeedAnswer()
}

/** Reports that wait for a connection, each a file with its key and its bytes in the app's own storage. Blocking: call
 *  it off the main thread. Call sendWhatWaits() from ConnectivityManager's callback and when the app comes to the front. */
class HeedQueue(context: Context, private val server: String, private val token: () -> String) {
  private val folder = File(context.noBackupFilesDir, "heed-reports").apply { mkdirs() }

  /** Stored first, then sent: whatever happens in between, it is sent again and exists once. */
  fun report(body: JSONObject): HeedAnswer {
    val file = File(folder, UUID.randomUUID().toString())
    val half = File(folder, file.name + ".tmp")
    half.writeText(body.toString())
    if (!half.renameTo(file)) throw IOException("the report could not be kept")
    return send(file)
  }

  fun sendWhatWaits() {
    folder.listFiles()?.filter { !it.name.endsWith(".tmp") }?.forEach { send(it) }
  }

  fun flow(locale: String): JSONObject = JSONObject(URL("$server/v1/report-flow?locale=$locale").readText())

  @Synchronized
  private fun send(file: File): HeedAnswer {
    if (!file.exists()) return HeedAnswer.Waiting // another thread has sent it
    val call = URL("$server/v1/reports").openConnection() as HttpURLConnection
    try {
      call.connectTimeout = 10_000
      call.readTimeout = 20_000
      call.requestMethod = "POST"
      call.doOutput = true
      call.setRequestProperty("Content-Type", "application/json")
      call.setRequestProperty("Idempotency-Key", file.name)
      call.setRequestProperty("Authorization", "Bearer " + token())
      call.outputStream.use { it.write(file.readBytes()) } // the same bytes each time
      val status = call.responseCode
      return when {
        status in 200..299 -> {
          val receipt = JSONObject(call.inputStream.bufferedReader().readText())
          file.delete()
          HeedAnswer.Taken(receipt)
        }
        status == 401 -> HeedAnswer.SignedOut
        status == 408 || status == 429 || status >= 500 -> HeedAnswer.Waiting
        else -> {
          val problem = call.errorStream?.bufferedReader()?.readText() ?: "{}"
          file.delete() // no repetition will make it right
          HeedAnswer.Refused(runCatching { JSONObject(problem).optString("detail") }.getOrDefault(""))
        }
      }
    } catch (e: IOException) {
      return HeedAnswer.Waiting
    } finally {
      call.disconnect()
    }
  }
}

/** The flow as a view; put it where you like. `flow` is what HeedQueue.flow() gave. */
class HeedReportView(context: Context, private val flow: JSONObject, private val queue: HeedQueue, private val postId: String) : ScrollView(context) {
  private val texts = flow.getJSONObject("texts")
  private val known = setOf("choose_one", "choose_many", "yes_no", "long_text")
  private val chosen = mutableMapOf<String, Set<String>>()
  private var comment = ""
  private var at = 0
  private val worker = Executors.newSingleThreadExecutor()
  private val steps get() = flow.getJSONArray("steps").objects().filter { step -> fields(step).isNotEmpty() }

  init {
    layoutDirection = if (flow.getString("direction") == "rtl") View.LAYOUT_DIRECTION_RTL else View.LAYOUT_DIRECTION_LTR
    show()
  }

  private fun t(name: String) = texts.optString(name)
  private fun fits(needs: String) = needs == "" || needs == "account"

  /** What this sample can ask: fields of kinds that it knows, for somebody who is signed in. */
  private fun fields(step: JSONObject) = step.getJSONArray("fields").objects().filter { field ->
    val `when` = field.optJSONObject("when")
    field.getString("kind") in known && field.getString("id") != "extent" && fits(field.optString("needs")) &&
      (`when` == null || chosen[`when`.getString("field")].orEmpty().any { it in `when`.getJSONArray("is").strings() })
  }

  private fun show(fault: String = "") {
    val column = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL; setPadding(32, 32, 32, 32) }
    val step = steps[at]
    val heading = column.text("${step.getString("title")}\n${t("step_of").replace("{n}", "${at + 1}").replace("{of}", "${steps.size}")}", 22f)
    heading.isAccessibilityHeading = true
    if (at == 0) column.text(t("intro"))
    if (step.has("text")) column.text(step.getString("text"))
    for (field in fields(step)) draw(column, field)
    if (fault != "") column.text(fault).accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_ASSERTIVE
    column.button(if (at + 1 < steps.size) t("next") else t("send")) { next(step) }
    if (at > 0) column.button(t("back")) { at--; show() }
    put(column, heading)
  }

  private fun put(column: LinearLayout, heading: TextView) {
    removeAllViews()
    addView(column)
    heading.isFocusable = true
    heading.sendAccessibilityEvent(android.view.accessibility.AccessibilityEvent.TYPE_VIEW_FOCUSED)
  }

  private fun draw(column: LinearLayout, field: JSONObject) {
    val fieldId = field.getString("id")
    val label = column.text(field.getString("label"), 16f)
    if (field.has("text")) column.text(field.getString("text"))
    val options = field.optJSONArray("options").objects().filter { fits(it.optString("needs")) }
    fun title(option: JSONObject) = option.getString("title") + if (option.has("text")) "\n" + option.getString("text") else ""
    when (field.getString("kind")) {
      "long_text" -> column.addView(EditText(context).apply {
        setId(View.generateViewId())
        label.labelFor = this.id
        setText(comment)
        addTextChangedListener(object : android.text.TextWatcher {
          override fun afterTextChanged(s: android.text.Editable) { comment = s.toString() }
          override fun beforeTextChanged(s: CharSequence, a: Int, b: Int, c: Int) = Unit
          override fun onTextChanged(s: CharSequence, a: Int, b: Int, c: Int) = Unit
        })
      })
      "choose_many" -> for (option in options) column.addView(CheckBox(context).apply {
        text = title(option)
        isChecked = option.getString("id") in chosen[fieldId].orEmpty()
        setOnCheckedChangeListener { _, on -> chosen[fieldId] = chosen[fieldId].orEmpty().let { if (on) it + option.getString("id") else it - option.getString("id") } }
      })
      else -> column.addView(RadioGroup(context).apply {
        for (option in options) addView(RadioButton(context).apply {
          setId(View.generateViewId())
          text = title(option)
          isChecked = option.getString("id") in chosen[fieldId].orEmpty()
          setOnClickListener { chosen[fieldId] = setOf(option.getString("id")); if (fieldId == "about") post { show() } } // a group may be asked for now
        })
      })
    }
  }

  private fun next(step: JSONObject) {
    val missing = fields(step).firstOrNull { it.getBoolean("required") && chosen[it.getString("id")].isNullOrEmpty() }
    if (missing != null) return show(missing.optString("missing"))
    if (at + 1 < steps.size) { at++; return show() }
    val body = report()
    worker.execute {
      val answer = queue.report(body)
      post {
        when (answer) {
          is HeedAnswer.Taken -> done(answer.receipt)
          is HeedAnswer.Waiting -> kept(t("error_waiting"))
          is HeedAnswer.SignedOut -> kept(t("error_expired"))
          is HeedAnswer.Refused -> show(t("error_refused") + " " + answer.detail)
        }
      }
    }
    kept(t("sending"))
  }

  private fun one(id: String) = chosen[id]?.firstOrNull().orEmpty()

  private fun report() = JSONObject().apply {
    put("items", JSONArray().put(JSONObject().put("kind", "post").put("id", postId)))
    put("symptoms", JSONArray(chosen["symptoms"].orEmpty().sorted()))
    put("about", one("about"))
    put("fears_for_safety", one("fears_for_safety") == "yes")
    if (one("about") == "group" && one("group") != "") put("group", one("group"))
    if (comment.isNotBlank()) put("comment", comment)
    chosen["relief"]?.takeIf { it.isNotEmpty() }?.let { put("relief", JSONArray(it.toList())) }
    put("channel", "android")
    put("locale", flow.getString("locale"))
  }

  /** It is in the queue: nothing is sent a second time from here. */
  private fun kept(words: String) {
    val column = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL; setPadding(32, 32, 32, 32) }
    put(column, column.text(words, 18f).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE })
  }

  private fun done(receipt: JSONObject) {
    val column = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL; setPadding(32, 32, 32, 32) }
    val heading = column.text(t("done_title"), 22f)
    column.text("${t("done_number")}: ${receipt.getString("number")}").setTextIsSelectable(true)
    column.text(t("done_next"))
    column.text(t("help_title"), 18f)
    for (line in flow.getJSONArray("help_lines").objects()) {
      column.text(line.getString("name") + "\n" + line.getString("text") + "\n" + line.getJSONArray("phones").strings().joinToString(" · ")).apply {
        autoLinkMask = android.text.util.Linkify.PHONE_NUMBERS
        text = text
      }
    }
    put(column, heading)
  }

  private fun LinearLayout.text(words: String, size: Float = 16f) = TextView(context).also { it.text = words; it.textSize = size; addView(it) }
  private fun LinearLayout.button(words: String, press: () -> Unit) = Button(context).also { it.text = words; it.setOnClickListener { press() }; addView(it) }
}
