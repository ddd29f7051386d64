// Heed's report flow as one SwiftUI file (iOS 16): drawn from GET /v1/report-flow, and a report made without a
// connection waits in a file and is sent later under its Idempotency-Key, so that it exists once.
//
// A starting point to copy, not a library: it has NOT been compiled or run by Heed's tests, which have no Apple
// machine. What it leaves out is left out on purpose: posts by link, the whole pile, evidence, the legal claim. For
// those, open the hosted page in a WKWebView by a link from POST /v1/report-links (docs/integrator/report-flow.md).
import SwiftUI

// MARK: - the flow as data

struct HeedFlow: Decodable {
  struct Option: Decodable, Identifiable { let id, title: String; let text, needs: String?; let topics: [String]? }
  struct When: Decodable { let field: String; let `is`: [String] }
  struct Field: Decodable, Identifiable {
    let id, kind, label: String
    let required: Bool
    let text, missing, needs: String?
    let when: When?
    let options: [Option]?
  }
  struct Step: Decodable, Identifiable { let id, title: String; let text: String?; let fields: [Field] }
  struct HelpLine: Decodable, Identifiable { let id, name, text: String; let phones, topics: [String]; let url: String? }
  let version, locale, direction: String
  let steps: [Step]
  let texts: [String: String]
  let help_lines: [HelpLine]
}

struct HeedReceipt: Decodable { let report_id, number, received_at: String; let items_accepted: Int }

// MARK: - sending, now or later

/// Reports that wait for a connection, each a file with its body and its key. The file is protected while the phone is
/// locked; it is removed as soon as the report is in.
actor HeedQueue {
  struct Waiting: Codable { let key: String; let body: Data }
  enum Failure: Error { case waiting, signedOut, refused(String) }

  let server: URL
  let token: () async throws -> String  // a fresh user token from your own backend
  private let folder: URL

  init(server: URL, token: @escaping () async throws -> String) throws {
    self.server = server
    self.token = token
    folder = try FileManager.default.url(for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
      .appendingPathComponent("heed-reports", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// Stored first, then sent: whatever happens in between, it is sent again and exists once.
  func report(_ body: [String: Any]) async throws -> HeedReceipt {
    let waiting = Waiting(key: UUID().uuidString, body: try JSONSerialization.data(withJSONObject: body, options: .sortedKeys))
    try JSONEncoder().encode(waiting).write(to: file(waiting.key), options: [.atomic, .completeFileProtection])
    return try await send(waiting)
  }

  /// Call when the app comes to the front and when NWPathMonitor says that there is a connection.
  func sendWhatWaits() async {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      guard let data = try? Data(contentsOf: folder.appendingPathComponent(name)), let waiting = try? JSONDecoder().decode(Waiting.self, from: data) else { continue }
      _ = try? await send(waiting)
    }
  }

  private func file(_ key: String) -> URL { folder.appendingPathComponent(key) }

  private func send(_ waiting: Waiting) async throws -> HeedReceipt {
    var request = URLRequest(url: server.appendingPathComponent("v1/reports"), timeoutInterval: 20)
    request.httpMethod = "POST"
    request.httpBody = waiting.body
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue(waiting.key, forHTTPHeaderField: "Idempotency-Key")
    request.setValue("Bearer " + (try await token()), forHTTPHeaderField: "Authorization")
    guard let (data, answer) = try? await URLSession.shared.data(for: request), let status = (answer as? HTTPURLResponse)?.statusCode else { throw Failure.waiting }
    switch status {
    case 200..<300:
      try? FileManager.default.removeItem(at: file(waiting.key))
      return try JSONDecoder().decode(HeedReceipt.self, from: data)
    case 401: throw Failure.signedOut  // stays in the queue until there is a good token
    case 408, 429, 500...: throw Failure.waiting
    default:
      try? FileManager.default.removeItem(at: file(waiting.key))  // no repetition will make it right
      let problem = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
      throw Failure.refused(problem?["detail"] as? String ?? "")
    }
  }
}

// MARK: - the view

struct HeedReportView: View {
  let flow: HeedFlow
  let queue: HeedQueue
  let post: String
  @State private var at = 0
  @State private var chosen: [String: Set<String>] = ["extent": ["this"]]
  @State private var words: [String: String] = [:]
  @State private var missing = "", sending = false
  @State private var receipt: HeedReceipt?
  @AccessibilityFocusState private var atHeading: Bool

  private func t(_ name: String) -> String { flow.texts[name] ?? "" }
  private func one(_ field: String) -> String { chosen[field]?.first ?? "" }

  /// What this sample can ask: fields of kinds that it knows, for somebody who is signed in.
  private func asked(_ field: HeedFlow.Field) -> Bool {
    guard ["choose_one", "choose_many", "yes_no", "long_text"].contains(field.kind), field.id != "extent" else { return false }
    guard fits(field.needs), let when = field.when else { return fits(field.needs) }
    return when.is.contains(one(when.field))
  }
  private func fits(_ needs: String?) -> Bool { needs == nil || needs == "account" }
  private var steps: [HeedFlow.Step] { flow.steps.filter { $0.fields.contains(where: asked) } }

  var body: some View {
    Group {
      if let receipt { done(receipt) } else { question(steps[at]) }
    }
    .environment(\.layoutDirection, flow.direction == "rtl" ? .rightToLeft : .leftToRight)
    .environment(\.locale, Locale(identifier: flow.locale))
  }

  private func question(_ step: HeedFlow.Step) -> some View {
    Form {
      Section {
        Text(step.title).font(.title2).accessibilityAddTraits(.isHeader).accessibilityFocused($atHeading)
        Text(t("step_of").replacingOccurrences(of: "{n}", with: "\(at + 1)").replacingOccurrences(of: "{of}", with: "\(steps.count)")).foregroundStyle(.secondary)
        if at == 0 { Text(t("intro")) }
        if let text = step.text { Text(text) }
      }
      ForEach(step.fields.filter(asked)) { field in
        Section(field.label) {
          if let text = field.text { Text(text).foregroundStyle(.secondary) }
          if field.kind == "long_text" {
            TextField(field.label, text: Binding(get: { words[field.id] ?? "" }, set: { words[field.id] = $0 }), axis: .vertical)
          }
          ForEach((field.options ?? []).filter { fits($0.needs) }) { option in row(field, option) }
        }
      }
      if !missing.isEmpty { Text(missing).foregroundStyle(.red) }
      Section {
        Button(sending ? t("sending") : at + 1 < steps.count ? t("next") : t("send")) { next(step) }.disabled(sending)
        if at > 0 { Button(t("back")) { at -= 1; atHeading = true }.disabled(sending) }
      }
    }
  }

  private func row(_ field: HeedFlow.Field, _ option: HeedFlow.Option) -> some View {
    let on = chosen[field.id]?.contains(option.id) ?? false
    return Button {
      if field.kind == "choose_many" { chosen[field.id, default: []].formSymmetricDifference([option.id]) } else { chosen[field.id] = [option.id] }
      missing = ""
    } label: {
      HStack(alignment: .top) {
        Image(systemName: on ? "checkmark.circle.fill" : "circle").accessibilityHidden(true)
        VStack(alignment: .leading) {
          Text(option.title)
          if let text = option.text { Text(text).foregroundStyle(.secondary) }
        }
      }
    }
    .buttonStyle(.plain)
    .accessibilityAddTraits(on ? [.isSelected] : [])
  }

  private func next(_ step: HeedFlow.Step) {
    if let field = step.fields.first(where: { asked($0) && $0.required && (chosen[$0.id] ?? []).isEmpty }) {
      missing = field.missing ?? ""
      UIAccessibility.post(notification: .announcement, argument: missing)
      return
    }
    guard at + 1 == steps.count else { at += 1; atHeading = true; return }
    sending = true
    Task {
      do {
        receipt = try await queue.report(report())
        atHeading = true
      } catch HeedQueue.Failure.waiting { missing = t("error_waiting") } catch HeedQueue.Failure.signedOut { missing = t("error_expired") } catch HeedQueue.Failure.refused(let detail) {
        missing = t("error_refused") + " " + detail
      } catch { missing = t("error_other") }
      sending = false
    }
  }

  private func report() -> [String: Any] {
    var report: [String: Any] = [
      "items": [["kind": "post", "id": post]], "symptoms": Array(chosen["symptoms"] ?? []).sorted(), "about": one("about"),
      "fears_for_safety": one("fears_for_safety") == "yes", "channel": "ios", "locale": flow.locale,
    ]
    if !one("group").isEmpty { report["group"] = one("group") }
    if let comment = words["comment"], !comment.isEmpty { report["comment"] = comment }
    if let relief = chosen["relief"], !relief.isEmpty { report["relief"] = Array(relief) }
    return report
  }

  private func done(_ receipt: HeedReceipt) -> some View {
    Form {
      Text(t("done_title")).font(.title2).accessibilityAddTraits(.isHeader).accessibilityFocused($atHeading)
      LabeledContent(t("done_number"), value: receipt.number).textSelection(.enabled)
      Text(t("done_next"))
      Section(t("help_title")) {
        ForEach(flow.help_lines) { line in
          VStack(alignment: .leading) {
            Text(line.name).bold()
            Text(line.text)
            ForEach(line.phones, id: \.self) { phone in
              if let url = URL(string: "tel:" + phone.filter { $0.isNumber || $0 == "+" }) { Link(phone, destination: url) }
            }
          }
        }
      }
    }
  }
}
